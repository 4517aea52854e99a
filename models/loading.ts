import type { FilmPredictor, RatingPrediction, RevenuePrediction } from './prediction.js';

/** Reads `ratingModel.json`. Throws when the text is not a rating model. */
export declare function loadRatingModel(json: string): FilmPredictor<RatingPrediction>;

/** Reads `revenueModel.json`. Throws when the text is not a revenue model. */
export declare function loadRevenueModel(json: string): FilmPredictor<RevenuePrediction>;
