/** The memory under all typed arrays of a value, each piece once: prepared tables share one. */
export function buffersOf(value: unknown): Set<ArrayBuffer> {
  const buffers = new Set<ArrayBuffer>();
  const collect = (one: unknown): void => {
    if (ArrayBuffer.isView(one)) {
      if (one.buffer instanceof ArrayBuffer) buffers.add(one.buffer);
    } else if (typeof one === 'object' && one !== null) {
      Object.values(one).forEach(collect);
    }
  };
  collect(value);
  return buffers;
}
