import { filmPredictor, readFilmModel, type FilmModelData } from './films/model.js';
import type { FilmPredictor, RatingPrediction, RevenuePrediction } from './prediction.js';
import { predictRating } from './rating.js';
import { predictRevenue } from './revenue.js';

/** Reads `ratingModel.json`. Throws when the text is not a rating model. */
export function loadRatingModel(json: string): FilmPredictor<RatingPrediction> {
  return ratingPredictor(readFilmModel('rating', json));
}

/** Reads `revenueModel.json`. Throws when the text is not a revenue model. */
export function loadRevenueModel(json: string): FilmPredictor<RevenuePrediction> {
  return revenuePredictor(readFilmModel('revenue', json));
}

export function ratingPredictor(data: FilmModelData): FilmPredictor<RatingPrediction> {
  return filmPredictor('rating', data, predictRating);
}

export function revenuePredictor(data: FilmModelData): FilmPredictor<RevenuePrediction> {
  return filmPredictor('revenue', data, predictRevenue);
}
