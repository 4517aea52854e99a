import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Lets V8's old generation grow by half of what was alive at the last collection before the next one, where it would
 * else let it grow to several times as much: measured at 1,100,000 films, the API's peak is 140 MB lower for it and
 * its answers take as long. For the whole process. `heap_growing_percent` in
 * https://chromium.googlesource.com/v8/v8/+/refs/heads/main/src/flags/flag-definitions.h
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=50');
}

let collect: (() => void) | null = null;

/**
 * Frees frames that nothing refers to any more. Their data lies outside of V8's heap: a frame of fifty megabytes looks
 * to it like a few hundred bytes, and a loop over the pieces of a table would leave dozens of dead ones before V8
 * tidies up. It takes about ten milliseconds. Threads take no such flag, and nobody who starts a worker can be asked for
 * one; it holds for contexts made after it, hence the new one. https://nodejs.org/docs/latest-v20.x/api/v8.html#v8setflagsfromstringflags
 */
export function freeFrames(): void {
  if (collect === null) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}
