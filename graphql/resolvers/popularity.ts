import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { inRange, shortList } from '../arguments.js';
import type { Context } from '../context.js';
import type { Film } from '../data/film.js';
import { HistoryBusy, type DayRange } from '../data/history.js';
import { MOST_FILMS } from '../data/historyLoader.js';
import { apiError, badInput } from '../errors.js';
import { Movie } from '../types/movie.js';
import { GenrePopularity, PopularityDay } from '../types/popularity.js';

const MOST_DAYS = 366;

const LAST = `The latest so many days, 1-${MOST_DAYS}.`;
const FROM = 'First day, YYYY-MM-DD.';
const TO = 'Last day, YYYY-MM-DD.';

/** True time series: what the daily exports said, run by run. They grow without a new snapshot. */
@Resolver(() => Movie)
export class PopularityResolver {
  @FieldResolver(() => [PopularityDay], {
    nullable: true,
    description: `Popularity on each day of which a run kept the source's export, ascending; empty where the source has no days. In a request at most ${MOST_FILMS} films have theirs.`,
  })
  async popularityHistory(
    @Root() movie: Film,
    @Arg('fromDay', () => String, { nullable: true, description: FROM }) fromDay: string | null,
    @Arg('toDay', () => String, { nullable: true, description: TO }) toDay: string | null,
    @Arg('last', () => Int, { nullable: true, defaultValue: 90, description: LAST }) last: number | null,
    @Ctx() context: Context,
  ): Promise<PopularityDay[]> {
    const range = rangeOf(fromDay, toDay, last);
    const { days, popularity } = await context.histories
      .of(context.services.history, movie, range)
      .catch(tooBusy);
    return days.map((day, at) => ({ day, popularity: popularity[at]! }));
  }

  @Query(() => [GenrePopularity], {
    nullable: true,
    description:
      "One series per genre (all of them, by name, when genres is null), one entry for each day of which a run kept the source's export.",
  })
  async genrePopularityHistory(
    @Arg('genres', () => [String], { nullable: true, description: 'Names, at most 50; null: all.' })
    genres: string[] | null,
    @Arg('fromDay', () => String, { nullable: true, description: FROM }) fromDay: string | null,
    @Arg('toDay', () => String, { nullable: true, description: TO }) toDay: string | null,
    @Arg('last', () => Int, { nullable: true, defaultValue: 90, description: LAST }) last: number | null,
    @Arg('snapshot', () => ID, { nullable: true, description: 'Of its catalogue.' }) snapshot: string | null,
    @Ctx() context: Context,
  ): Promise<GenrePopularity[]> {
    shortList('genres', genres);
    const range = rangeOf(fromDay, toDay, last);
    const { catalogue } = (await context.snapshot(snapshot)).manifest;
    const known = await context.services.history.genres(catalogue).catch(tooBusy);
    return [...new Set(genres ?? known.keys())].map((genre) => ({
      genre,
      days: (known.get(genre) ?? [])
        .filter(({ day }) => day >= range.fromDay && day <= range.toDay)
        .slice(-range.last),
    }));
  }
}

function rangeOf(fromDay: string | null, toDay: string | null, last: number | null): DayRange {
  return {
    fromDay: checkDay('fromDay', fromDay) ?? '0001-01-01',
    toDay: checkDay('toDay', toDay) ?? '9999-12-31',
    last: inRange('last', last ?? 90, 1, MOST_DAYS),
  };
}

function checkDay(name: string, day: string | null): string | null {
  if (day == null) return null;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(`${day}T00:00:00Z`));
  if (isDay) return day;
  throw badInput(`${name} is ${JSON.stringify(day.slice(0, 50))}; legal is a day as YYYY-MM-DD.`);
}

function tooBusy(error: unknown): never {
  if (!(error instanceof HistoryBusy)) throw error;
  throw apiError('TIMEOUT', `${error.message} Ask again in a moment.`);
}
