import { readdirSync, readFileSync } from 'node:fs';

/** What a running process has used so far, from Linux's /proc. https://man7.org/linux/man-pages/man5/proc.5.html */
export interface ProcessUse {
  readonly cpuSeconds: number;
  /** Largest resident set, in MB (10^6 bytes). */
  readonly peakMB: number;
  /** Resident now, in MB. */
  readonly residentMB: number;
  readonly command: string;
}

/** Clock ticks a second: USER_HZ, 100 on every Linux of today. */
const TICKS = 100;

/** A process and all below it. */
export function processesOf(pid: number): number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const children = threads.flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
        .trim()
        .split(' ')
        .filter(Boolean)
        .map(Number),
    );
    return [pid, ...children.flatMap(processesOf)];
  } catch {
    return [];
  }
}

/** Null when it is gone. */
export function useOf(pid: number): ProcessUse | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const megabytes = (name: string): number =>
      (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024) / 1e6;
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
      peakMB: megabytes('VmHWM'),
      residentMB: megabytes('VmRSS'),
      command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim(),
    };
  } catch {
    return null;
  }
}
