import { setTimeout as sleep } from 'node:timers/promises';
import { HeaderMap } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import { pino } from 'pino';
import { Context, type Services } from '../context.js';
import type { Snapshot } from '../data/snapshot.js';
import { apolloServer } from './apollo.js';
import type { Metrics } from './metrics.js';

/** One of each kind of question, so that what answers them has run. */
export const OPERATIONS: readonly { readonly query: string; readonly variables?: object }[] = [
  { query: '{ snapshot { id asOf dataYear movieCount attribution coverage { field known } } }' },
  { query: '{ genres { name movieCount } models { name task served metrics { name value } } }' },
  {
    query: `query ($filter: MovieFilter, $orderBy: MovieOrder) {
      movies(first: 20, filter: $filter, orderBy: $orderBy) {
        totalCount pageInfo { hasNextPage endCursor }
        nodes { id title year popularity voteAverage genres directors cast }
      } }`,
    variables: { filter: { minVoteCount: 1 }, orderBy: { field: 'VOTE_AVERAGE', direction: 'DESC' } },
  },
  { query: '{ movies(first: 20, filter: { title: "th" }) { totalCount nodes { id title } } }' },
  { query: '{ genreTrends(fromYear: 1980) { genre points { year movieCount index share } } }' },
  {
    query: `{ actors: people(role: ACTOR, first: 20) { rank name movieCount person { id } }
      directors: people(role: DIRECTOR, first: 20) { rank name movieCount } }`,
  },
  { query: '{ roiRanking(first: 20) { rank roi budget revenue movie { title year } } }' },
  { query: '{ genreForecast(first: 10) { year model ranking { rank genre index lower upper } } }' },
  ...['predictRating', 'predictRevenue'].map((field) => ({
    query: `query ($movie: MovieInput!) {
      ${field}(movie: $movie) { lower upper model unknown reasons { feature value effect } } }`,
    variables: { movie: { genres: ['Drama'], year: 2000, budget: 1e7, directors: ['A name'] } },
  })),
];

/** Each comes once to be interpreted, once to be compiled and once as what was compiled. */
const TIMES = 3;
const SILENT: Pick<Metrics, 'operation' | 'error'> = { operation() {}, error() {} };
const MOST_TIME = 15_000;

/** Lets whatever else is due run. An immediate would still come in the turn of the message that brought a snapshot. */
const turn = (): Promise<void> => sleep(1);

/**
 * Answers questions that nobody asked, in turns of the event loop, so that no client waits for code to be compiled
 * or for what a snapshot makes when it is first asked. They go another way than requests do as far as metrics, logs
 * and kept answers: those tell of clients alone.
 */
export class WarmUp {
  readonly #services: Services;
  readonly #apollo: ReturnType<typeof apolloServer>;

  constructor(schema: GraphQLSchema, services: Omit<Services, 'log'>) {
    const log = pino({ level: 'silent' });
    this.#services = { ...services, log };
    this.#apollo = apolloServer(schema, { log, metrics: SILENT, introspection: true, registered: null });
  }

  async start(): Promise<void> {
    await this.#apollo.start();
    await this.run(null);
  }

  /** Null: before there is one, what needs none of it is run. Gives the answers: some models may not be there. */
  async run(snapshot: Snapshot | null): Promise<string[]> {
    const answers: string[] = [];
    if (snapshot !== null) await this.#askModels(snapshot);
    for (const operation of OPERATIONS) {
      for (let time = 0; time < TIMES; time++) {
        await turn();
        const answer = await this.#answer(operation, snapshot);
        if (time === 0) answers.push(answer);
      }
    }
    return answers;
  }

  async stop(): Promise<void> {
    await this.#apollo.stop();
  }

  /** In smaller steps than an operation's: a model's first reasons take ten times a later one's time. */
  async #askModels(snapshot: Snapshot): Promise<void> {
    for (const model of ['ratingModel', 'revenueModel'] as const) {
      try {
        await turn();
        const read = snapshot[model]();
        await turn();
        const answer = read?.predict({ genres: [], year: 2000 });
        await turn();
        void answer?.reasons;
      } catch {
        // Whoever asks it is told why it does not answer.
      }
    }
  }

  async #answer(body: object, snapshot: Snapshot | null): Promise<string> {
    const headers = new HeaderMap([['content-type', 'application/json']]);
    const made = await this.#apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: 'POST', headers, search: '', body },
      context: async () => new Context(this.#services, () => undefined, MOST_TIME, undefined, snapshot),
    });
    return made.body.kind === 'complete' ? made.body.string : '';
  }
}
