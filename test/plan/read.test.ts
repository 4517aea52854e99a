import { describe, expect, it } from 'vitest';
import { knownActivities } from '../../activities/tasks/params.js';
import { freezePlan, parametersOf, planRecord, readPlan } from '../../plan/read.js';
import { changed, KNOWN, problemsOf, SMALL, TEXT } from './plan.js';

describe('temporal.yml', async () => {
  const plan = readPlan(TEXT, 'temporal.yml', { activities: await knownActivities() });

  it('is a good plan', () => {
    expect(Object.keys(plan.tasks)).toContain('snapshot');
  });

  it('fits into a payload of Temporal as a run takes it', () => {
    const record = planRecord(plan, freezePlan(plan).sha256);
    expect(Buffer.byteLength(JSON.stringify(record))).toBeLessThan(4096);
    expect(record.tasks.map(({ name }) => name).sort()).toEqual(Object.keys(plan.tasks).sort());
  });

  it('says no more than ten things of any task', () => {
    for (const task of Object.values(plan.tasks)) expect(Object.keys(task).length).toBeLessThanOrEqual(10);
  });
});

describe('a plan', () => {
  it('is read with its defaults, in milliseconds for a run', () => {
    const plan = readPlan(SMALL, 'plan.yml', KNOWN);
    expect(plan.tasks.ids).toMatchObject({ after: [], heartbeat: '10s', parameters: {}, checks: [] });
    expect(planRecord(plan, 'x').tasks[1]).toMatchObject({
      name: 'films',
      startToClose: 600_000,
      heartbeat: 10_000,
    });
  });

  it('lets a profile say a parameter instead of the task', () => {
    const text = changed(['activity: cleanFilms', 'activity: cleanFilms\n    parameters: { years: 3 }']);
    const plan = readPlan(text, 'plan.yml', KNOWN);
    expect(parametersOf(plan, 'films', 'quick')).toEqual({ years: 10 });
    expect(parametersOf(plan, 'films', 'full')).toEqual({ years: 3 });
  });

  it('is fixed by its content', () => {
    const [one, other] = [SMALL, changed(['maxAge: 36h', 'maxAge: 37h'])].map((text) =>
      freezePlan(readPlan(text, 'plan.yml', KNOWN)),
    );
    expect(one?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(one?.sha256).not.toBe(other?.sha256);
  });
});

/** What is changed, and the one problem that it makes: where, what, and what would be legal. */
const BROKEN: readonly (readonly [string, readonly (readonly [string, string])[], string])[] = [
  [
    'an unknown key at the top',
    [['maxAge: 36h', 'maxAge: 36h\nminAge: 1h']],
    '9:1 minAge: there is no such key; legal are connection, queues, retries, fetch, storage, maxAge, schedule, profile, tasks, profiles',
  ],
  [
    'an unknown key of a task',
    [['activity: listIds', 'activity: listIds\n    retires: network']],
    '17:5 tasks.ids.retires: there is no such key; legal are activity, workflow, after, queue, retry, timeout, heartbeat, parameters, checks',
  ],
  [
    'an unknown key deeper down',
    [['{ concurrency: 4 }', '{ concurrency: 4, threads: 2 }']],
    '3:25 queues.io.threads: there is no such key; legal are concurrency',
  ],
  [
    'an unknown key of a check',
    [
      [
        'activity: listIds',
        'activity: listIds\n    checks:\n      - { check: unique, table: ids, columns: id, column: id, severity: block }',
      ],
    ],
    '18:38 tasks.ids.checks.0.columns: there is no such key; legal are check, table, column, severity',
  ],
  [
    'an unknown check',
    [
      [
        'activity: listIds',
        'activity: listIds\n    checks:\n      - { check: sorted, table: ids, severity: block }',
      ],
    ],
    '18:11 tasks.ids.checks.0.check: there is no such check; legal are rows, unique, nullShare, range, sum',
  ],
  [
    'an unknown activity',
    [['activity: listIds', 'activity: listId']],
    '16:5 tasks.ids.activity: there is no activity "listId"; legal are listIds, cleanFilms',
  ],
  [
    'an unknown task in `after`',
    [['after: [ids]', 'after: [id]']],
    '22:5 tasks.films.after: there is no task "id"; legal are ids, films',
  ],
  [
    'tasks that wait for each other',
    [['activity: listIds', 'activity: listIds\n    after: [films]']],
    '17:5 tasks.ids.after: these tasks wait for each other: ids → films → ids',
  ],
  [
    'a task that waits for itself',
    [['after: [ids]', 'after: [films]']],
    '22:5 tasks.films.after: these tasks wait for each other: films → films',
  ],
  [
    'a bad duration',
    [['maxAge: 36h', 'maxAge: 36 hours']],
    '8:1 maxAge: a duration reads 500ms, 30s, 5m, 2h or 1d',
  ],
  [
    'a number out of range',
    [['concurrency: 4', 'concurrency: 0']],
    '3:9 queues.io.concurrency: Too small: expected number to be >=1',
  ],
  [
    'an unknown queue',
    [
      [
        'queue: io\n    retry: network\n    timeout: 10m\n  films',
        'queue: gpu\n    retry: network\n    timeout: 10m\n  films',
      ],
    ],
    '17:5 tasks.ids.queue: there is no queue "gpu"; legal are io',
  ],
  [
    'an unknown retry class',
    [['retry: network', 'retry: forever']],
    '18:5 tasks.ids.retry: there is no retry class "forever"; legal are network',
  ],
  [
    'an unknown profile',
    [['profile: quick', 'profile: slow']],
    '13:1 profile: there is no profile "slow"; legal are quick',
  ],
  [
    'a profile of an unknown task',
    [['films: { years: 10 }', 'film: { years: 10 }']],
    '28:5 profiles.quick.film: there is no task "film"; legal are ids, films',
  ],
  [
    'a bad parameter in a profile',
    [['years: 10', 'years: 100']],
    '28:14 profiles.quick.films.years: Too big: expected number to be <=20',
  ],
  [
    'an unknown parameter in a profile',
    [['years: 10', 'year: 10']],
    '28:14 profiles.quick.films.year: there is no such key; legal are years',
  ],
  [
    'a parameter for a task that takes none',
    [['activity: listIds', 'activity: listIds\n    parameters: { pages: 3 }']],
    '17:19 tasks.ids.parameters.pages: there is no such key; legal is none',
  ],
  [
    'both an activity and a workflow',
    [['activity: listIds', 'activity: listIds\n    workflow: fetchCatalogue']],
    '15:3 tasks.ids: a task has either `activity` or `workflow`',
  ],
  [
    'neither an activity nor a workflow',
    [['    activity: listIds\n', '']],
    '15:3 tasks.ids: a task has either `activity` or `workflow`',
  ],
  [
    'a missing group',
    [['storage: { probeInterval: 30s }\n', '']],
    '1:1 storage: is missing; it is a group of keys',
  ],
  [
    'a missing value',
    [['    timeout: 10m\n  films', '  films']],
    '15:3 tasks.ids.timeout: is missing; it is a string',
  ],
  [
    'no queue for storage to be looked at',
    [
      ['io: { concurrency', 'disk: { concurrency'],
      ['queue: io', 'queue: disk'],
      ['queue: io', 'queue: disk'],
    ],
    '2:1 queues: there must be a queue "io": runs look at storage on it',
  ],
  [
    'a badly named task',
    [['  films:\n', '  Films of all:\n']],
    '20:3 tasks.Films of all: a task is named like `genreTrends`',
  ],
  [
    'a key that stands twice',
    [['maxAge: 36h', 'maxAge: 36h\nmaxAge: 37h']],
    '9:1 Map keys must be unique ("maxAge: 37h")',
  ],
  [
    'YAML that is none',
    [['{ concurrency: 4 }', '{ concurrency: 4']],
    '4:1 Flow map in block collection must be sufficiently indented and end with a } ("retries:")',
  ],
];

describe('a plan that cannot be used says where, what and what is legal', () => {
  it.each(BROKEN)('%s', (_, pairs, problem) => {
    expect(problemsOf(changed(...pairs))).toContain(problem);
  });

  it('an empty file', () => {
    expect(problemsOf('')).toEqual(['1:1 Invalid input: expected object, received null']);
  });

  it('names the file, and all problems at once', () => {
    const text = changed(
      ['retry: network', 'retry: never'],
      ['after: [ids]', 'after: [id]'],
      ['years: 10', 'years: 0'],
    );
    expect(() => readPlan(text, 'plans/mine.yml', KNOWN)).toThrow(
      [
        'plans/mine.yml cannot be used:',
        '  18:5 tasks.ids.retry: there is no retry class "never"; legal are network',
        '  28:14 profiles.quick.films.years: Too small: expected number to be >=1',
        '  22:5 tasks.films.after: there is no task "id"; legal are ids, films',
      ].join('\n'),
    );
  });
});
