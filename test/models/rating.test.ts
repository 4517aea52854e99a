import { describe, expect, it } from 'vitest';
import { loadRatingModel, loadRevenueModel } from '../../models/loading.js';
import { ModelNotTrained, type MovieInput } from '../../models/prediction.js';
import { trainRating } from '../../models/rating.js';
import { FilmModel, readFilmModel, type TrainedJson } from '../../models/films/model.js';
import { plantedFilms, trainOptions } from './planted.js';

const input: MovieInput = {
  title: 'To come',
  genres: ['Drama'],
  year: 2011,
  runtime: 110,
  language: 'en',
  directors: ['Director 2'],
  cast: ['Actor 1', 'A newcomer'],
};

describe('a rating model of films whose directors make the difference', () => {
  const sample = plantedFilms(900, 1);
  const training = trainRating(sample, trainOptions);
  const text = JSON.stringify(training.model);
  const predictor = loadRatingModel(text);

  it('is trees, which beat every baseline', () => {
    const served = training.reports.filter((report) => report.served);
    expect(served).toHaveLength(1);
    expect(['boosting', 'forest']).toContain(served[0]!.name);
    for (const { value, baselineValue } of served[0]!.metrics.filter(({ name }) => name === 'RMSE'))
      expect(value!).toBeLessThan(baselineValue!);
  });

  it('tells the talented from the others, and why', () => {
    const talented = predictor.predict(input);
    const other = predictor.predict({ ...input, directors: ['Director 3'] });
    expect(talented.rating - other.rating).toBeGreaterThan(1);
    expect(talented.reasons[0]).toMatchObject({ feature: 'directors', value: 'Director 2' });
    expect(talented.reasons[0]!.effect).toBeGreaterThan(0.5);
    expect(other.reasons[0]!.effect).toBeLessThan(-0.5);
  });

  it('is judged only on years after those it learned from', () => {
    expect(training.backtest.length).toBeGreaterThan(0);
    for (const { origin, year } of training.backtest) expect(year).toBeGreaterThan(origin);
  });

  it('gives an interval that covers about as much as it says', () => {
    const served = training.reports.find((report) => report.served)!;
    const covered = served.metrics.find(({ name }) => name.startsWith('coverage'))!.value!;
    expect(covered).toBeGreaterThan(0.65);
    expect(covered).toBeLessThan(0.95);
    const { rating, lower, upper, level, good, probabilityGood, threshold } = predictor.predict(input);
    expect(lower).toBeLessThan(rating);
    expect(upper).toBeGreaterThan(rating);
    expect(level).toBe(0.8);
    expect(good).toBe(rating >= threshold);
    expect(probabilityGood).toBeGreaterThan(0);
    expect(probabilityGood).toBeLessThan(1);
  });

  it('names what it has never seen', () => {
    const { unknown } = predictor.predict({ ...input, genres: ['Drama', 'Opera'], language: 'xx' });
    expect(unknown).toEqual(['genre: Opera', 'actor: A newcomer', 'language: xx']);
  });

  it('answers for a film of which only genre and year are known', () => {
    expect(predictor.predict({ genres: ['Drama'], year: 2011 }).rating).toBeCloseTo(6, 0);
  });

  it('returns from JSON with the same answers and the same text', () => {
    const data = readFilmModel('rating', text);
    if (!data.trained) throw new Error(data.reason);
    const again = FilmModel.from('rating', data);
    expect(JSON.stringify(again)).toBe(text);
    expect(loadRatingModel(JSON.stringify(again)).predict(input)).toEqual(predictor.predict(input));
  });

  it('is the same text for the same seed', () => {
    expect(JSON.stringify(trainRating(sample, trainOptions).model)).toBe(text);
  });

  it('answers within ten milliseconds of a processor, reasons and all', () => {
    const from = process.cpuUsage();
    for (let i = 0; i < 50; i++) expect(predictor.predict(input).reasons).not.toEqual([]);
    const { user, system } = process.cpuUsage(from);
    expect((user + system) / 1000 / 50).toBeLessThan(10);
  });

  it('fits no more rows than it may', () => {
    const few = trainRating(sample, { ...trainOptions, maxRows: 300 });
    expect(few.reports[0]!.rows).toBe(300);
    expect((few.model as TrainedJson).rows).toBe(900);
  });
});

describe('films of which nothing can be learned', () => {
  it('are given a baseline', () => {
    const { reports, model } = trainRating(plantedFilms(600, 0), trainOptions);
    expect(reports.find((report) => report.served)!.name).toMatch(/mean/);
    const { rating, reasons } = loadRatingModel(JSON.stringify(model)).predict(input);
    expect(rating).toBeCloseTo(6, 0);
    for (const { effect } of reasons) expect(Math.abs(effect)).toBeLessThan(0.2);
  });
});

describe('too little to learn from', () => {
  it.each([
    ['no film', plantedFilms(0, 1), '0 films'],
    ['a few films', plantedFilms(49, 1), '50 are needed'],
    [
      'films of one year',
      { ...plantedFilms(80, 1), films: plantedFilms(1600, 1).films.slice(0, 80) },
      'too few years',
    ],
  ])('%s: an untrained model says why', (_, sample, why) => {
    const { model, backtest, reports } = trainRating(sample, trainOptions);
    const predictor = loadRatingModel(JSON.stringify(model));
    expect(predictor.trained).toBe(false);
    expect(predictor.reason).toContain(why);
    expect(() => predictor.predict(input)).toThrow(ModelNotTrained);
    expect(backtest).toEqual([]);
    expect(reports).toHaveLength(1);
    expect(reports[0]!.name).toContain(why);
    expect(reports[0]!.served).toBe(false);
  });
});

it('refuses the text of another model', () => {
  const { model } = trainRating(plantedFilms(10, 1), trainOptions);
  expect(() => loadRevenueModel(JSON.stringify(model))).toThrow('not a revenue model');
  expect(() => loadRatingModel('{"format":"other"}')).toThrow('not a rating model');
  expect(() => loadRatingModel('null')).toThrow('not a rating model');
});

it('says of a model of another version that the pipeline is to be run again', () => {
  const old = loadRatingModel('{"format":"marquee rating model 1","trained":true}');
  expect(old.trained).toBe(false);
  expect(old.reason).toContain('run the pipeline again');
  expect(() => old.predict(input)).toThrow(ModelNotTrained);
});
