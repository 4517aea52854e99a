import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  featureRow,
  featureTable,
  FeatureRefused,
  numberFeature,
  pastOf,
} from '../../models/films/features.js';
import { planFilm, ROLES, seriesOf, type PlannedFilm } from '../../models/films/film.js';
import type { Learner } from '../../models/films/answer.js';
import { meanBaseline } from '../../models/films/baselines.js';
import { filmGroups, learnVocabulary } from '../../models/films/groups.js';
import { History, type HistoryJson } from '../../models/films/history.js';
import { judge } from '../../models/films/judge.js';
import { historyOf, takeFilms } from '../../models/films/knowledge.js';
import { rowOf } from '../../models/trees/table.js';
import { plantedFilms } from './planted.js';

const sample = plantedFilms(200, 1);

describe('features of a film', () => {
  it('do not change when later films, or films of the same day, are added', () => {
    const early = sample.films.slice(0, 120);
    const vocabulary = learnVocabulary(
      early,
      sample.measures.map((values) => values.slice(0, 120)),
    );
    const groups = filmGroups(vocabulary);
    const alone = History.of(
      early,
      sample.measures.map((values) => values.slice(0, 120)),
    );
    const last = early.at(-1)!;
    const twins = [...sample.films, { ...last, day: last.day }];
    const withLater = History.of(
      twins,
      sample.measures.map((values) => Float64Array.from([...values, 10])),
    );
    expect(featureTable(groups, early, withLater)).toEqual(featureTable(groups, early, alone));
  });

  it('are the same for a film alone as in a table of films', () => {
    const groups = filmGroups(learnVocabulary(sample.films, sample.measures));
    const history = historyOf(sample);
    const table = featureTable(groups, sample.films, history);
    const names = table.columns.map(({ name, kind }) => ({ name, kind }));
    sample.films.forEach((film, i) => {
      const { columns, values } = featureRow(groups, film, history);
      expect(columns).toEqual(names);
      expect(values).toEqual(rowOf(table, i).values);
    });
  });

  it('refuse what is known only after the release', () => {
    for (const column of ['voteAverage', 'popularity', 'revenue'])
      expect(() => numberFeature(column)).toThrow(FeatureRefused);
    expect(() => pastOf(sample.films[0]!, History.of([], []), sample.films[0]!.day + 1)).toThrow(
      'only earlier films may tell of it',
    );
  });

  it('compare names without case, accents and outer space', () => {
    const film = planFilm({ genres: ['Drama'], year: 2001, cast: ['Amélie ', 'amelie', 'Zoë'] });
    expect(film.names.cast).toEqual(['amelie', 'zoe']);
  });
});

describe('a series of films', () => {
  it.each([
    ['Saw III', 'saw'],
    ['Toy Story 2', 'toy story'],
    ['The Twilight Saga: Breaking Dawn - Part 2', 'the twilight saga'],
    ['Kill Bill: Vol. 2', 'kill bill'],
    ['2012', '2012'],
    ['Amélie', 'amelie'],
    [': a subtitle alone', ''],
  ])('is told from the title %j: %j', (title, series) => {
    expect(seriesOf(title)).toBe(series);
  });

  it('tells of its next film how the earlier ones were rated, and nothing of the first', () => {
    const films = ['Saw', 'Saw II', 'Saw III'].map((title, i) =>
      planFilm({ title, genres: ['Horror'], year: 2004 + i }),
    );
    const measures = [Float64Array.of(7, 5, 3), Float64Array.of(2, 2, 2)];
    const table = featureTable(
      filmGroups({ genres: [], languages: [], priors: [6, 2] }),
      films,
      History.of(films, measures),
    );
    const column = (name: string) => [...table.columns.find((one) => one.name === name)!.values];
    expect(column('series earlier films')).toEqual([0, 1, 2]);
    expect(column('series last 0')).toEqual([NaN, 7, 5]);
    expect(column('series mean 0')[2]).toBeCloseTo((12 + 0.7 * 6) / 2.7, 9);
  });

  it('has the first two of the cast apart, whatever the others did', () => {
    const films = ['Ann', 'Bob', 'Cleo'].map((name, i) =>
      planFilm({ genres: [], year: 2000 + i, cast: i === 2 ? ['Bob', 'Ann'] : [name] }),
    );
    const measures = [Float64Array.of(8, 4, 6), Float64Array.of(2, 2, 2)];
    const table = featureTable(
      filmGroups({ genres: [], languages: [], priors: [6, 2] }),
      films,
      History.of(films, measures),
    );
    const last = (place: number) =>
      table.columns.find(({ name }) => name === `actor ${place} last 0`)!.values[2];
    expect([last(1), last(2)]).toEqual([4, 8]);
  });
});

describe('a fold', () => {
  it('knows only the films that it learns from, also where it is judged on a few of the later ones', () => {
    const at = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i);
    const learned = takeFilms(sample, at(0, 120));
    const alone = historyOf(learned);
    const names = new Set(sample.films.flatMap(({ names }) => names.cast));
    const learner: Learner = {
      ...meanBaseline,
      fit(training, seed) {
        const { history } = training.knowledge;
        for (const name of names)
          expect(history.before('cast', name, Infinity, 0)).toEqual(alone.before('cast', name, Infinity, 0));
        return meanBaseline.fit(training, seed);
      },
    };
    const options = { seed: 1, maxRows: 1000, level: 0.8, clock: () => 0, progress: () => undefined };
    const [judged] = judge(sample, [{ name: 'later', train: at(0, 120), test: at(180, 200) }], [learner], {
      ...options,
      history: historyOf(sample),
      threshold: () => NaN,
    });
    expect(judged!.predicted).toHaveLength(20);
    expect.assertions(names.size + 1);
  });
});

describe('the history', () => {
  const history = History.of(sample.films, sample.measures);

  it('cut at a day answers as one that was built of the films before it', () => {
    const { day } = sample.films[120]!;
    const early = sample.films.filter((film) => film.day < day);
    const alone = History.of(
      early,
      sample.measures.map((values) => values.slice(0, early.length)),
    );
    const cut = history.until(day);
    const groups = filmGroups(learnVocabulary(sample.films, sample.measures));
    expect(featureTable(groups, sample.films, cut)).toEqual(featureTable(groups, sample.films, alone));
    for (const name of new Set(sample.films.flatMap(({ names }) => names.cast)))
      expect(cut.knows('cast', name)).toBe(alone.knows('cast', name));
    expect(() => cut.toJSON()).toThrow('cut');
  });

  it('sums up exactly the films before a day', () => {
    const { day } = sample.films[150]!;
    const earlier = sample.films
      .map((film, i) => ({ film, value: sample.measures[0]![i]! }))
      .filter(({ film }) => film.day < day && film.names.directors.includes('director 4'));
    const record = history.before('directors', 'director 4', day, 0);
    expect(record.films).toBe(earlier.length);
    expect(record.sum).toBeCloseTo(
      earlier.reduce((sum, { value }) => sum + value, 0),
      9,
    );
    expect(record.last).toBe(earlier.at(-1)!.value);
  });

  it('knows nothing of a stranger', () => {
    expect(history.knows('directors', 'nobody')).toBe(false);
    expect(history.before('directors', 'nobody', 99_999, 0)).toEqual({ films: 0, sum: 0, last: NaN });
  });

  it('returns from JSON with every record', () => {
    const text = JSON.stringify(history);
    const again = History.fromJSON(JSON.parse(text) as HistoryJson);
    expect(JSON.stringify(again)).toBe(text);
    for (const { day, names } of sample.films)
      for (const name of names.cast)
        expect(again.before('cast', name, day, 0)).toEqual(history.before('cast', name, day, 0));
  });

  const text = fc.constantFrom('ann', 'bob', 'amélie', '宮崎 駿', 'a, b', 'x\0y', '"');
  const film = fc.record({ day: fc.integer({ min: -3, max: 9 }), names: fc.uniqueArray(text) });
  const value = fc.oneof(
    { weight: 1, arbitrary: fc.constant(NaN) },
    { weight: 4, arbitrary: fc.double({ noNaN: true }) },
  );
  const planned = (of: { day: number; names: string[] }): PlannedFilm => ({
    ...planFilm({ genres: [], year: 2000 }, of.day),
    names: { ...planFilm({ genres: [], year: 2000 }).names, cast: of.names },
  });

  it('answers what a look at every film says, to the bit, before and after it was kept', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(film, value, value), { maxLength: 120 }), text, (rows, stranger) => {
        const films = rows.map(([one]) => planned(one));
        const measures = [1, 2].map((m) => Float64Array.from(rows, (row) => row[m] as number));
        const made = History.of(films, measures);
        const kept = JSON.stringify(made);
        const read = History.fromJSON(JSON.parse(kept) as HistoryJson);
        expect(JSON.stringify(read)).toBe(kept);
        const inOrder = rows.map((_, i) => i).sort((a, b) => films[a]!.day - films[b]!.day || a - b);
        for (const name of ['ann', 'amélie', 'x\0y', stranger]) {
          const of = inOrder.filter((i) => films[i]!.names.cast.includes(name));
          for (const day of [-4, 0, 3, 10]) {
            for (const m of [0, 1]) {
              const earlier = of.filter((i) => films[i]!.day < day);
              const known = earlier.map((i) => measures[m]![i]!).filter((one) => !Number.isNaN(one));
              const expected = {
                films: known.length,
                sum: known.reduce((sum, one) => sum + one, 0),
                last: known.at(-1) ?? NaN,
              };
              expect(made.before('cast', name, day, m)).toEqual(expected);
              expect(read.before('cast', name, day, m)).toEqual(expected);
            }
            expect(read.until(day).knows('cast', name)).toBe(of.some((i) => films[i]!.day < day));
          }
          for (const role of ROLES)
            expect(read.knows(role, name)).toBe(role === 'cast' ? of.length > 0 : made.knows(role, name));
        }
      }),
      { numRuns: 60 },
    );
  });
});
