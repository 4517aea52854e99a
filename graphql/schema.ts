import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { callDirectly } from './directResolvers.js';
import { ArtefactResolver } from './resolvers/artefacts.js';
import { GenreForecastResolver, ModelResolver } from './resolvers/models.js';
import { MovieResolver } from './resolvers/movies.js';
import { PersonResolver } from './resolvers/people.js';
import { PersonalResolver } from './resolvers/personal.js';
import { PopularityResolver } from './resolvers/popularity.js';
import { RankingResolver } from './resolvers/rankings.js';
import { RunResolver } from './resolvers/runs.js';
import { SnapshotResolver } from './resolvers/snapshots.js';

/** The API. What it promises to frontends is in the contract; what it has is printed in `schema.graphql`. */
export function apiSchema(): GraphQLSchema {
  return callDirectly(typeGraphqlSchema());
}

/** The same, its methods called as type-graphql calls them. */
export function typeGraphqlSchema(): GraphQLSchema {
  return buildSchemaSync({
    resolvers: [
      MovieResolver,
      PersonResolver,
      RankingResolver,
      PopularityResolver,
      ModelResolver,
      GenreForecastResolver,
      PersonalResolver,
      SnapshotResolver,
      ArtefactResolver,
      RunResolver,
    ],
    // Arguments are checked where they are used, with messages that say what is legal.
    validate: false,
    // Subscriptions bring their own iterators; type-graphql asks for this all the same.
    pubSub: { publish() {}, subscribe: () => ({ async *[Symbol.asyncIterator]() {} }) },
  });
}
