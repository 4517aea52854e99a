/** What a contestant found; see answers.py. */
export interface Answers {
  readonly genres: readonly (readonly [genre: string, films: number])[];
  readonly trend: readonly (readonly [year: number, films: number, popularity: number, index: number])[];
  readonly people: readonly (readonly [id: string, films: number])[];
  readonly roi: readonly (readonly [film: number, roi: number])[];
}

/** Sums of floating-point numbers in another order differ in their last digits. */
const TOLERANCE = 1e-9;

/** Where two answers are not equal, a line each. */
export function differences(wanted: Answers, got: Answers): string[] {
  return (['genres', 'trend', 'people', 'roi'] as const).flatMap((name) => {
    const [a, b] = [wanted[name], got[name]];
    if (a.length === 0 || a.length !== b.length) return [`${name}: ${b.length} rows instead of ${a.length}`];
    const at = a.findIndex((row, index) => !row.every((value, column) => equal(value, b[index]?.[column])));
    return at < 0 ? [] : [`${name}: ${JSON.stringify(b[at])} instead of ${JSON.stringify(a[at])}`];
  });
}

function equal(a: string | number, b: string | number | undefined): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= TOLERANCE * Math.abs(a);
  return a === b;
}
