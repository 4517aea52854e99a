import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';

/** Milliseconds between two looks; Node's histogram holds the time from one look to the next. */
const RESOLUTION = 10;
/** A gap longer than this is a stall when the thread itself computed for STALL_CPU of it: milliseconds. */
const STALL = 100;
const STALL_CPU = 80;
const QUANTILES = [0.5, 0.99, 0.999, 1];

/**
 * Exports how late this thread's event loop was from now on. On a machine with more work than cores, a
 * loop is late because others have the core: stalls are the gaps in which this thread itself was what computed.
 */
export function exportEventLoopDelay(registry: Registry): () => void {
  const registers = [registry];
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  delay.enable();
  new Gauge({
    name: 'marquee_event_loop_delay_seconds',
    help: 'How late the event loop was since the process was ready to work',
    labelNames: ['quantile'] as const,
    registers,
    collect() {
      for (const quantile of QUANTILES) {
        const nanoseconds = quantile === 1 ? delay.max : delay.percentile(quantile * 100);
        this.set({ quantile: String(quantile) }, Math.max(0, nanoseconds / 1e9 - RESOLUTION / 1000));
      }
    },
  });
  const stalls = new Counter({
    name: 'marquee_event_loop_stalls_total',
    help: `Gaps above ${STALL} ms in which this thread used more than ${STALL_CPU} ms of CPU`,
    registers,
  });
  let at = performance.now();
  let cpu = threadCpu();
  const timer = setInterval(() => {
    const now = performance.now();
    const used = threadCpu();
    if (now - at > STALL && used !== null && cpu !== null && used - cpu > STALL_CPU) stalls.inc();
    at = now;
    cpu = used;
  }, RESOLUTION).unref();
  return () => {
    clearInterval(timer);
    delay.disable();
  };
}

/** CPU milliseconds of the process's main thread; null where the system does not say. */
function threadCpu(): number | null {
  try {
    // https://docs.kernel.org/scheduler/sched-stats.html: nanoseconds on a core come first.
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ', 1)[0]) / 1e6;
  } catch {
    return null;
  }
}
