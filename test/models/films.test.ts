import { describe, expect, it } from 'vitest';
import { featureTable, FeatureRefused, numberFeature, pastOf } from '../../models/films/features.js';
import { planFilm } from '../../models/films/film.js';
import { filmGroups, learnVocabulary } from '../../models/films/groups.js';
import { History, type HistoryJson } from '../../models/films/history.js';
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
});
