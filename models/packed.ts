/** Typed arrays as text in a model's JSON: base64 of their bytes, which are little-endian wherever Node runs. */
export function packed(values: Int32Array | Float32Array | Float64Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

export function integersOf(text: string): Int32Array<ArrayBuffer> {
  return new Int32Array(bytesOf(text));
}

export function floatsOf(text: string): Float32Array<ArrayBuffer> {
  return new Float32Array(bytesOf(text));
}

export function doublesOf(text: string): Float64Array<ArrayBuffer> {
  return new Float64Array(bytesOf(text));
}

/** A copy: Node's own buffer may begin at any byte of a larger one. */
function bytesOf(text: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(text, 'base64')).buffer;
}
