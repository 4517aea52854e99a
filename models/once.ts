/** What is computed when it is first asked for, and kept. */
export function once<Value extends object>(compute: () => Value): () => Value {
  let kept: Value | undefined;
  return () => (kept ??= compute());
}
