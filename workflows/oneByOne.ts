/**
 * Begins each work that the result is given when the one before has ended, well or not. Signals to another workflow
 * go so: of two on their way at once the server may deliver the later one first, and the older order would hold.
 */
export function oneByOne(): (work: () => Promise<void>) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}
