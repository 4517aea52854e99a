import { Arg, Ctx, Float, ID, Int, Query, Resolver } from 'type-graphql';
import { FROM_YEAR, SNAPSHOT, TO_YEAR, pageSize, shortList, shortText } from '../arguments.js';
import type { Context } from '../context.js';
import { Genre, GenreTrend } from '../types/genre.js';
import { RoiRank } from '../types/roiRank.js';

/** Aggregates over the released films of a snapshot. */
@Resolver()
export class RankingResolver {
  @Query(() => [Genre], {
    nullable: true,
    description: 'All genres with their number of films, largest first, ties by name.',
  })
  async genres(
    @Arg('snapshot', () => ID, SNAPSHOT) snapshot: string | null,
    @Ctx() context: Context,
  ): Promise<readonly Genre[]> {
    return (await context.snapshot(snapshot)).genres;
  }

  @Query(() => [GenreTrend], {
    nullable: true,
    description:
      'One series per genre (all of them when genres is null), one point for each release year that has films of it.',
  })
  async genreTrends(
    @Arg('genres', () => [String], { nullable: true, description: 'Names, at most 50; null: all.' })
    genres: string[] | null,
    @Arg('fromYear', () => Int, FROM_YEAR) fromYear: number | null,
    @Arg('toYear', () => Int, TO_YEAR) toYear: number | null,
    @Arg('snapshot', () => ID, SNAPSHOT) snapshot: string | null,
    @Ctx() context: Context,
  ): Promise<GenreTrend[]> {
    shortList('genres', genres);
    const { trends } = await context.snapshot(snapshot);
    context.checkTime();
    const [from, to] = [fromYear ?? -Infinity, toYear ?? Infinity];
    return [...new Set(genres ?? trends.keys())].map((genre) => ({
      genre,
      points: (trends.get(genre) ?? []).filter(({ year }) => year >= from && year <= to),
    }));
  }

  @Query(() => [RoiRank], {
    nullable: true,
    description: 'Films with budget > minBudget (strictly) and a known revenue, by roi, ties by id.',
  })
  async roiRanking(
    @Arg('minBudget', () => Float, {
      nullable: true,
      defaultValue: 100_000_000,
      description: 'US dollars; null: no bound.',
    })
    minBudget: number | null,
    @Arg('fromYear', () => Int, FROM_YEAR) fromYear: number | null,
    @Arg('toYear', () => Int, TO_YEAR) toYear: number | null,
    @Arg('genre', () => String, { nullable: true, description: 'Films of this genre; null: of all.' })
    genre: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 10, description: '0-100.' })
    first: number | null,
    @Arg('snapshot', () => ID, SNAPSHOT) snapshot: string | null,
    @Ctx() context: Context,
  ): Promise<RoiRank[]> {
    const count = pageSize('first', first, 10);
    shortText('genre', genre);
    const found = await context.snapshot(snapshot);
    context.checkTime();
    const { budget, revenue, roi } = found.films.numbers;
    const best = found.returns.best(count, { genre, overBudget: minBudget, fromYear, toYear });
    return Array.from(best, (row, at) => ({
      rank: at + 1,
      movie: found.film(row),
      budget: budget[row]!,
      revenue: revenue[row]!,
      roi: roi[row]!,
    }));
  }
}
