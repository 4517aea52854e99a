/**
 * The one seeded generator: numbers in [0, 1), the same for the same seed on every machine. The seed's text is
 * spread over 128 bits by xmur3 and drawn from by sfc32 (Chris Doty-Humphrey's small fast counting generator,
 * which passes PractRand).
 */
export function seededRandom(seed: number | string): () => number {
  let [a, b, c, counter] = stateOf(seed);
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
}

/** Fills an array with what `seededRandom` of the same seed gives, as whole numbers of 32 bits: many at a time. */
export function fillRandom(words: Uint32Array, seed: number | string): void {
  let [a, b, c, counter] = stateOf(seed);
  for (let i = 0; i < words.length; i++) {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    words[i] = sum;
  }
}

function stateOf(seed: number | string): [number, number, number, number] {
  let hash = 1779033703 ^ String(seed).length;
  for (const char of String(seed)) {
    hash = Math.imul(hash ^ char.codePointAt(0)!, 3432918353);
    hash = (hash << 13) | (hash >>> 19);
  }
  const word = (): number => {
    hash = Math.imul(hash ^ (hash >>> 16), 2246822507);
    hash = Math.imul(hash ^ (hash >>> 13), 3266489909);
    return (hash ^= hash >>> 16) | 0;
  };
  return [word(), word(), word(), word()];
}
