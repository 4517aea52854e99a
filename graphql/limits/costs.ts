/**
 * What answering costs in microseconds of CPU, of all threads of the API. Measured over 1,100,000 films, by
 * `npm run bench -- cost`, which sets it beside this table in docs/benchmarks.md; the dearer where several ways of asking
 * or several models were measured. To one digit, rounded up where measurements differ: a limit needs no more.
 */
export interface FieldCost {
  /** Each time that the field is answered, whatever is selected below it. */
  readonly weight?: number;
  /** Entries of a list that no `first` or `last` sizes, about as many as there are at most. */
  readonly size?: number;
  /** An argument that names the entries of the list; `first` or `last` then size the lists below it. */
  readonly slicing?: string;
  /** For each entry of an argument that is a list. */
  readonly entries?: { readonly argument: string; readonly weight: number };
}

/** Each field of the query, fragments written out: to parse, check and plan it. */
export const FIELD = 70;
/** In the answer, where the table does not name it: an object, a text or another value of one, a word of a list of words. */
export const OBJECT = 2;
export const TEXT = 4;
export const VALUE = 3;
export const WORD = 4;

/** By type and field; every field of Query, Mutation and Subscription has a weight, and so has every resolver. */
export const COSTS: Readonly<Record<string, FieldCost>> = {
  'Query.artefact': { weight: 200 },
  'Query.deadLetters': { weight: 50 },
  'Query.genreForecast': { weight: 200 },
  'Query.genrePopularityHistory': { weight: 400, size: 20, slicing: 'genres' },
  'Query.genreTrends': { weight: 100, size: 20, slicing: 'genres' },
  'Query.genres': { weight: 20, size: 20 },
  'Query.models': { weight: 2000, size: 30 },
  'Query.movie': { weight: 20 },
  'Query.movies': { weight: 2000 },
  'Query.people': { weight: 50 },
  'Query.person': { weight: 40 },
  'Query.pipeline': { weight: 300 },
  'Query.predictRating': { weight: 1000 },
  'Query.predictRevenue': { weight: 600 },
  'Query.recommend': { weight: 20_000, entries: { argument: 'ratings', weight: 300 } },
  'Query.roiRanking': { weight: 1000 },
  'Query.run': { weight: 9000 },
  'Query.runs': { weight: 20_000 },
  'Query.snapshot': { weight: 20 },
  'Query.snapshots': { weight: 50 },
  'Query.user': { weight: 4000 },

  // Not measured: an order to Temporal between two looks at the run.
  'Mutation.cancelRun': { weight: 20_000 },
  'Mutation.pauseRun': { weight: 20_000 },
  'Mutation.resumeRun': { weight: 20_000 },
  'Mutation.retryDeadLetters': { weight: 20_000 },
  'Mutation.setRate': { weight: 20_000 },
  'Mutation.startRun': { weight: 20_000 },

  'Subscription.runProgress': { weight: 9000 },

  'ArtefactType.checks': { size: 10 },
  'ArtefactType.downstream': { size: 20 },
  'ArtefactType.tables': { size: 10 },
  'ArtefactType.upstream': { size: 20 },
  'GenreForecast.backtest': { weight: 800 },
  'GenreTrend.points': { size: 100 },
  'ModelReport.metrics': { size: 20 },
  'Movie.cast': { weight: TEXT },
  'Movie.companies': { size: 5 },
  'Movie.countries': { size: 3 },
  'Movie.credits': { weight: TEXT },
  'Movie.directors': { size: 2 },
  'Movie.genres': { size: 5 },
  'Movie.keywords': { size: 20 },
  'Movie.popularityHistory': { weight: 40_000 },
  'Person.movies': { weight: 2000 },
  'Pipeline.tasks': { size: 20 },
  'PipelineTask.after': { size: 5 },
  // Of a model that served 20,000 synthetic films; others are half as dear.
  'RatingPrediction.reasons': { weight: 7000, size: 10 },
  'RatingPrediction.unknown': { size: 10 },
  'RevenuePrediction.reasons': { weight: 7000, size: 10 },
  'RevenuePrediction.unknown': { size: 10 },
  'Run.snapshot': { weight: 2000 },
  'Run.tasks': { size: 20 },
  'Snapshot.age': { weight: VALUE },
  'Snapshot.coverage': { size: 30 },
  'Snapshot.maxAge': { weight: VALUE },
  'Snapshot.notes': { size: 5 },
  'Snapshot.stale': { weight: VALUE },
  'User.id': { weight: TEXT },
  'User.predictedRating': { weight: 300 },
  'User.recommendations': { weight: 20_000 },

  '__Directive.args': { size: 2 },
  '__Directive.locations': { size: 5 },
  '__Field.args': { size: 3 },
  '__Schema.directives': { size: 5 },
  '__Schema.types': { size: 60 },
  '__Type.enumValues': { size: 5 },
  '__Type.fields': { size: 10 },
  '__Type.inputFields': { size: 5 },
  '__Type.interfaces': { size: 1 },
  '__Type.possibleTypes': { size: 1 },
};
