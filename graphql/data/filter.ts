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

export function asksTitleAlone(question: FilmFilter): boolean {
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
export function rangesOf(filter: FilmFilter): Range[] {
  const ranges: Range[] = [
    { name: 'year', least: filter.fromYear ?? -Infinity, most: filter.toYear ?? Infinity },
    { name: 'voteCount', least: filter.minVoteCount ?? -Infinity, most: Infinity },
    { name: 'voteAverage', least: filter.minVoteAverage ?? -Infinity, most: Infinity },
    { name: 'budget', least: filter.minBudget ?? -Infinity, most: Infinity },
  ];
  return ranges.filter(({ least, most }) => least !== -Infinity || most !== Infinity);
}
