import { registerEnumType } from 'type-graphql';
import { ORDER_FIELDS, type OrderField } from '../data/tables.js';

const named = <Name extends string>(names: readonly Name[]): { readonly [Key in Name]: Key } =>
  Object.fromEntries(names.map((name) => [name, name])) as { readonly [Key in Name]: Key };

export const MovieOrderField = named<OrderField>(ORDER_FIELDS);
registerEnumType(MovieOrderField, {
  name: 'MovieOrderField',
  description: 'What films are ordered by. TITLE: the accent-folded lower-case title, by code point.',
});

export const SortDirection = named(['ASC', 'DESC']);
export type SortDirection = keyof typeof SortDirection;
registerEnumType(SortDirection, {
  name: 'SortDirection',
  description: 'Nulls sort last in both directions, then by id ascending.',
});

export const PersonRole = named(['ACTOR', 'DIRECTOR']);
export type PersonRole = keyof typeof PersonRole;
registerEnumType(PersonRole, { name: 'PersonRole', description: 'What a person did in a film.' });

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
});
