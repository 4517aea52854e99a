import type { RangedColumn } from '../../dataset/serving/tables.js';

/** Which films, all conditions together. A field that is null or missing is no condition. */
export interface FilmFilter {
  /** Accent- and case-insensitive, anywhere in the title. */
  readonly title?: string | null;
  /** All of these. */
  readonly genres?: readonly string[] | null;
  /** A whole name in cast or directors, accent- and case-insensitive. */
  readonly person?: string | null;
  readonly personId?: string | null;
  readonly fromYear?: number | null;
  readonly toYear?: number | null;
  readonly language?: string | null;
  readonly minVoteCount?: number | null;
  readonly minVoteAverage?: number | null;
  readonly minBudget?: number | null;
  readonly hasRoi?: boolean | null;
}

/** What the ranking of returns asks beside. */
export interface Question extends FilmFilter {
  /** In US dollars, not itself included. */
  readonly overBudget?: number | null;
  /** Released films with a known return alone. */
  readonly returns?: boolean;
}

export function asksTitleAlone(question: Question): boolean {
  return Object.entries(question).every(
    ([name, asked]) => name === 'title' || asked == null || (Array.isArray(asked) && asked.length === 0),
  );
}

/** Both ends included. */
export interface Range {
  readonly name: RangedColumn;
  readonly least: number;
  readonly most: number;
}

/** What a question asks of number columns. */
export function rangesOf(filter: Question): Range[] {
  const ranges: Range[] = [
    { name: 'year', least: filter.fromYear ?? -Infinity, most: filter.toYear ?? Infinity },
    { name: 'voteCount', least: filter.minVoteCount ?? -Infinity, most: Infinity },
    { name: 'voteAverage', least: filter.minVoteAverage ?? -Infinity, most: Infinity },
    {
      name: 'budget',
      least: Math.max(filter.minBudget ?? -Infinity, justAbove(filter.overBudget ?? -Infinity)),
      most: Infinity,
    },
  ];
  return ranges.filter(({ least, most }) => least !== -Infinity || most !== Infinity);
}

/** The next larger number, so that "more than" is "at least". */
function justAbove(value: number): number {
  if (!Number.isFinite(value) || value === 0) return value === 0 ? Number.MIN_VALUE : value;
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0]! += value > 0 ? 1n : -1n;
  return new Float64Array(bits.buffer)[0]!;
}
