import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { SNAPSHOT, inRange, pageSize, shortText } from '../arguments.js';
import type { Context } from '../context.js';
import type { Snapshot } from '../data/snapshot.js';
import { apiError, badInput } from '../errors.js';
import type { ForecastBacktestRow } from '../../dataset/serving/tables.js';
import { explained } from '../../models/films/reasons.js';
import type { FilmPredictor } from '../../models/prediction.js';
import { ForecastSeries } from '../types/enums.js';
import { ForecastBacktestEntry, GenreForecast } from '../types/genreForecast.js';
import { ModelReport } from '../types/modelReport.js';
import { checkMovieInput, MovieInput, RatingPrediction, RevenuePrediction } from '../types/prediction.js';

/** Years after the data year that are forecast. */
const HORIZON = 3;

@Resolver()
export class ModelResolver {
  @Query(() => GenreForecast, {
    nullable: true,
    description:
      'Genres ranked by forecast. year: one of the next three after the data year; default the next. model: default the served one. series: default the index.',
  })
  async genreForecast(
    @Arg('year', () => Int, {
      nullable: true,
      description: 'One of the three years after the data year; null: the first of them.',
    })
    year: number | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 10, description: '0-100.' })
    first: number | null,
    @Arg('model', () => String, { nullable: true, description: 'Name of a model; null: the served one.' })
    model: string | null,
    @Arg('series', () => ForecastSeries, {
      nullable: true,
      defaultValue: 'INDEX',
      description: 'What is forecast; null: INDEX.',
    })
    wantedSeries: ForecastSeries | null,
    @Arg('snapshot', () => ID, SNAPSHOT) snapshot: string | null,
    @Ctx() context: Context,
  ): Promise<GenreForecast> {
    const count = pageSize('first', first, 10);
    shortText('model', model);
    const found = await context.snapshot(snapshot);
    const { manifest, id } = found;
    const { dataYear } = manifest;
    const series = wantedSeries ?? 'INDEX';
    const forecasts = found.forecasts(series);
    const { served, models } = forecasts;
    if (dataYear === null || served === undefined)
      throw apiError(
        'MODEL_NOT_TRAINED',
        `Snapshot ${id} has no forecast of ${series}: too few complete years of films, or an older version made it.`,
      );
    const wanted = inRange('year', year ?? dataYear + 1, dataYear + 1, dataYear + HORIZON);
    const name = model ?? served;
    if (!models.includes(name))
      throw badInput(
        `model is ${JSON.stringify(name)}; legal are ${models.join(', ')}, or null for ${served}.`,
      );
    const ranking = forecasts
      .ranking(name, wanted)
      .slice(0, count)
      .map((row, at) => ({ ...row, index: row.value, rank: at + 1 }));
    return { snapshot: found, series, year: wanted, model: name, trainedThrough: dataYear, ranking };
  }

  @Query(() => RatingPrediction, {
    nullable: true,
    description: 'What the served rating model expects of a film that need not exist.',
  })
  async predictRating(
    @Arg('movie', () => MovieInput, { description: 'The film, which need not exist.' }) movie: MovieInput,
    @Arg('snapshot', () => ID, SNAPSHOT) snapshot: string | null,
    @Ctx() context: Context,
  ): Promise<RatingPrediction> {
    checkMovieInput(movie);
    const found = await context.snapshot(snapshot);
    return withUnknownGenres(found, movie, trained(found, 'rating', found.ratingModel()).predict(movie));
  }

  @Query(() => RevenuePrediction, {
    nullable: true,
    description: 'Expected revenue in US dollars and the chance that it exceeds the budget.',
  })
  async predictRevenue(
    @Arg('movie', () => MovieInput, { description: 'The film, which need not exist.' }) movie: MovieInput,
    @Arg('snapshot', () => ID, SNAPSHOT) snapshot: string | null,
    @Ctx() context: Context,
  ): Promise<RevenuePrediction> {
    checkMovieInput(movie);
    const found = await context.snapshot(snapshot);
    return withUnknownGenres(found, movie, trained(found, 'revenue', found.revenueModel()).predict(movie));
  }

  @Query(() => [ModelReport], {
    nullable: true,
    description: 'Every trained model with its evaluation beside its baselines.',
  })
  async models(
    @Arg('snapshot', () => ID, SNAPSHOT) snapshot: string | null,
    @Ctx() context: Context,
  ): Promise<readonly ModelReport[]> {
    return (await context.snapshot(snapshot)).reports;
  }
}

/** What a forecast rests on. */
@Resolver(() => GenreForecast)
export class GenreForecastResolver {
  @FieldResolver(() => [ForecastBacktestEntry], {
    description:
      'How the model has fared: forecasts from the ends of years that are over, latest origin first, then by genre and year. genre: only that one.',
  })
  backtest(
    @Root() { snapshot, model, series }: GenreForecast,
    @Arg('genre', () => String, { nullable: true, description: 'Of this genre; null: of all.' })
    genre: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 30, description: '0-100.' })
    first: number | null,
  ): ForecastBacktestEntry[] {
    const count = pageSize('first', first, 30);
    shortText('genre', genre);
    return backtestsOf(snapshot, series)
      .filter((row) => row.model === model && (genre == null || row.genre === genre))
      .sort((a, b) => b.origin - a.origin)
      .slice(0, count);
  }
}

function backtestsOf(snapshot: Snapshot, series: ForecastSeries): readonly ForecastBacktestRow[] {
  return series === 'INDEX'
    ? snapshot.forecastBacktest
    : snapshot.seriesBacktest.filter((row) => row.series === series.toLowerCase());
}

function trained<Prediction>(
  { id }: Snapshot,
  task: string,
  model: FilmPredictor<Prediction> | null,
): FilmPredictor<Prediction> {
  if (model?.trained) return model;
  const reason = model?.reason ?? 'it was published without one';
  throw apiError('MODEL_NOT_TRAINED', `Snapshot ${id} has no ${task} model: ${reason}.`);
}

/** A genre that no film has is unknown to every model, whether or not the model says so. */
function withUnknownGenres<
  Prediction extends Pick<RatingPrediction | RevenuePrediction, 'unknown' | 'reasons'>,
>({ words }: Snapshot, { genres }: MovieInput, prediction: Prediction): Prediction {
  const strange = genres.filter((genre) => words.genres.codeOf(genre) === undefined);
  const unknown = [...new Set([...prediction.unknown, ...strange.map((one) => `genre: ${one}`)])];
  if (strange.length === 0 && unknown.length === prediction.unknown.length) return prediction;
  // A copy leaves the getter behind. The reasons stay unread: they cost more than all else, and few select them.
  return explained({ ...prediction, unknown }, () => prediction.reasons);
}
