const PLAIN = /^[\x01-\x7f]*$/;
const MARKS = /\p{M}/gu;

/** Text as it is searched and sorted: accents off, lower case. A zero byte, which separates titles, becomes a space. */
export function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text.normalize('NFD').replace(MARKS, '').replaceAll('\0', ' ').toLowerCase();
}
