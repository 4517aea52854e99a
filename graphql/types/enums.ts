import { registerEnumType } from 'type-graphql';
import { ORDER_FIELDS, type OrderField } from '../../dataset/serving/tables.js';

const named = <Name extends string>(names: readonly Name[]): { readonly [Key in Name]: Key } =>
  Object.fromEntries(names.map((name) => [name, name])) as { readonly [Key in Name]: Key };

export const MovieOrderField = named<OrderField>(ORDER_FIELDS);
registerEnumType(MovieOrderField, {
  name: 'MovieOrderField',
  description: 'What films are ordered by. TITLE: the accent-folded lower-case title, by code point.',
  valuesConfig: {
    POPULARITY: { description: "The source's popularity on the day of the crawl." },
    TITLE: { description: 'Title.' },
    RELEASE_DATE: { description: 'Release date.' },
    VOTE_AVERAGE: { description: 'Mean vote, 0-10.' },
    VOTE_COUNT: { description: 'Number of votes.' },
    BUDGET: { description: 'Budget in US dollars.' },
    REVENUE: { description: 'Revenue in US dollars.' },
    ROI: { description: 'Return on investment in percent.' },
    ID: { description: "The source's id." },
  },
});

export const SortDirection = named(['ASC', 'DESC']);
export type SortDirection = keyof typeof SortDirection;
registerEnumType(SortDirection, {
  name: 'SortDirection',
  description: 'Nulls sort last in both directions, then by id ascending.',
  valuesConfig: {
    ASC: { description: 'Smallest first.' },
    DESC: { description: 'Largest first.' },
  },
});

export const PersonRole = named(['ACTOR', 'DIRECTOR']);
export type PersonRole = keyof typeof PersonRole;
registerEnumType(PersonRole, {
  name: 'PersonRole',
  description: 'What a person did in a film.',
  valuesConfig: {
    ACTOR: { description: 'Played in it.' },
    DIRECTOR: { description: 'Directed it.' },
  },
});

export const ForecastSeries = named(['INDEX', 'SHARE', 'FILMS']);
export type ForecastSeries = keyof typeof ForecastSeries;
registerEnumType(ForecastSeries, {
  name: 'ForecastSeries',
  description: 'What is forecast of every genre and year.',
  valuesConfig: {
    INDEX: { description: 'Popularity relative to all films of that year; 1 = average.' },
    SHARE: { description: 'Percent of the films of that year that are of the genre.' },
    FILMS: { description: 'Number of released films of the genre.' },
  },
});

export const RunStatusEnum = named([
  'RUNNING',
  'PAUSED',
  'COMPLETED',
  'COMPLETED_WITH_GAPS',
  'FAILED',
  'CANCELED',
  'TERMINATED',
  'TIMED_OUT',
]);
registerEnumType(RunStatusEnum, {
  name: 'RunStatus',
  description:
    'State of a run. COMPLETED_WITH_GAPS: published, but more films than allowed are dead letters.',
  valuesConfig: {
    RUNNING: { description: 'Under way.' },
    PAUSED: { description: 'Held by a person, or by itself; `notice` says why.' },
    COMPLETED: { description: 'Published, or found unchanged.' },
    COMPLETED_WITH_GAPS: { description: 'Published, but more films than allowed are dead letters.' },
    FAILED: { description: 'Ended without publishing; `failure` says why and what to do.' },
    CANCELED: { description: 'Ended on request; what it fetched is kept.' },
    TERMINATED: { description: 'Ended by force in Temporal.' },
    TIMED_OUT: { description: 'Ended because it took longer than Temporal was told to allow.' },
  },
});

export const TaskStatusEnum = named([
  'PENDING',
  'RUNNING',
  'CACHED',
  'COMPLETED',
  'FAILED',
  'SKIPPED',
  'CANCELED',
]);
registerEnumType(TaskStatusEnum, {
  name: 'TaskStatus',
  description: 'State of a task. CACHED: an artefact of the same code, parameters and inputs was there.',
  valuesConfig: {
    PENDING: { description: 'Waits for others.' },
    RUNNING: { description: 'Under way.' },
    CACHED: { description: 'Not done again: its result was there.' },
    COMPLETED: { description: 'Done.' },
    FAILED: { description: 'Failed; `reason` says why.' },
    SKIPPED: { description: 'Not done because what it needs failed.' },
    CANCELED: { description: 'Ended on request.' },
  },
});
