import { readPredictor } from './films/model.js';
import type { FilmPredictor, RatingPrediction, RevenuePrediction } from './prediction.js';
import { predictRating } from './rating.js';
import { predictRevenue } from './revenue.js';

/** Reads `ratingModel.json`. Throws when the text is not a rating model. */
export function loadRatingModel(json: string): FilmPredictor<RatingPrediction> {
  return readPredictor('rating', json, predictRating);
}

/** Reads `revenueModel.json`. Throws when the text is not a revenue model. */
export function loadRevenueModel(json: string): FilmPredictor<RevenuePrediction> {
  return readPredictor('revenue', json, predictRevenue);
}
