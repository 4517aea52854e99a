import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** Steps of niceness below the rest of the process: a third of its share where all cores are busy (`man 7 sched`). */
const STEPS = 5;

/**
 * Lets the other threads of this process go first from here on. Linux alone knows a thread's priority; elsewhere
 * nothing changes.
 */
export function giveWay(): void {
  if (process.platform !== 'linux') return;
  // `<process>/task/<thread>`: https://man7.org/linux/man-pages/man5/proc_thread-self.5.html
  const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  setPriority(thread, Math.min(19, getPriority(thread) + STEPS));
}
