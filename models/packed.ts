/** Typed arrays as text in a model's JSON: base64 of their bytes, which are little-endian wherever Node runs. */
export function packed(values: Uint8Array | Int16Array | Int32Array | Float32Array | Float64Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(memoryOf(text));
}

export function shortsOf(text: string): Int16Array<ArrayBuffer> {
  return new Int16Array(memoryOf(text));
}

export function integersOf(text: string): Int32Array<ArrayBuffer> {
  return new Int32Array(memoryOf(text));
}

export function floatsOf(text: string): Float32Array<ArrayBuffer> {
  return new Float32Array(memoryOf(text));
}

export function doublesOf(text: string): Float64Array<ArrayBuffer> {
  return new Float64Array(memoryOf(text));
}

/**
 * Whole numbers from 0 to 2³¹ - 1 of which most are small: LEB128, seven bits a byte, the last below 128
 * (https://dwarfstd.org/doc/DWARF5.pdf, 7.6), as base64.
 */
export function packedSmall(values: Int32Array): string {
  let length = 0;
  for (const value of values) {
    length++;
    for (let rest = value >>> 7; rest > 0; rest >>>= 7) length++;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const value of values) {
    let rest = value;
    for (; rest > 127; rest >>>= 7) bytes[at++] = (rest & 127) | 128;
    bytes[at++] = rest;
  }
  return packed(bytes);
}

export function smallOf(text: string): Int32Array<ArrayBuffer> {
  const bytes = Buffer.from(text, 'base64');
  let count = 0;
  for (const byte of bytes) if (byte < 128) count++;
  const values = new Int32Array(count);
  for (let i = 0, at = 0; i < count; i++) {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    values[i] = value;
  }
  return values;
}

/** A copy: Node's own buffer may begin at any byte of a larger one. */
function memoryOf(text: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(text, 'base64')).buffer;
}
