import type { Topic } from './features.js';
import type { PlannedFilm } from './film.js';
import { readerOf, type Answer, type AnswerJson, type Learner } from './answer.js';
import type { Knowledge } from './knowledge.js';

/** Films' worth of the overall mean that a genre's mean is mixed with. */
const GENRE_STRENGTH = 20;

/** The mean over the training films. */
export const meanBaseline: Learner = {
  name: 'mean',
  baseline: true,
  fit: () => meanAnswer,
  read: readerOf('mean', () => meanAnswer),
};

/** Mean over the film's genres of the mean of each genre's earlier films. */
export const genreBaseline: Learner = {
  name: 'genre mean',
  baseline: true,
  fit: () => genreAnswer,
  read: readerOf('genre mean', () => genreAnswer),
};

/** What the latest earlier film of the director came to; the mean where there is none. */
export const directorBaseline: Learner = {
  name: 'last film of director',
  baseline: true,
  fit: () => directorAnswer,
  read: readerOf('last film of director', () => directorAnswer),
};

/** For log10 of revenue: the budget times what a film of the training set usually makes of it; else the mean. */
export const budgetBaseline: Learner = {
  name: 'budget multiple',
  baseline: true,
  fit({ films, values }) {
    let sum = 0;
    let known = 0;
    films.forEach(({ budget }, i) => {
      if (budget === null) return;
      sum += values[i]! - Math.log10(budget);
      known++;
    });
    return budgetAnswer(known > 0 ? sum / known : 0);
  },
  read: readerOf('budget multiple', ({ multiple }) => budgetAnswer(multiple)),
};

export const meanAnswer = answerOf({ kind: 'mean' }, 'genres', (_, { vocabulary }) => vocabulary.priors[0]!);

export const genreAnswer = answerOf({ kind: 'genre mean' }, 'genres', (film, { history, vocabulary }) => {
  const prior = vocabulary.priors[0]!;
  const { genres } = film.names;
  if (genres.length === 0) return prior;
  const means = genres.map((genre) => {
    const { films, sum } = history.before('genres', genre, film.day, 0);
    return (sum + GENRE_STRENGTH * prior) / (films + GENRE_STRENGTH);
  });
  return means.reduce((a, b) => a + b, 0) / means.length;
});

export const directorAnswer = answerOf(
  { kind: 'last film of director' },
  'directors',
  (film, { history, vocabulary }) => {
    for (const name of film.names.directors) {
      const { last } = history.before('directors', name, film.day, 0);
      if (!Number.isNaN(last)) return last;
    }
    return vocabulary.priors[0]!;
  },
);

/** `multiple` in powers of ten. */
export function budgetAnswer(multiple: number): Answer {
  return answerOf({ kind: 'budget multiple', multiple }, 'budget', (film, { vocabulary }) =>
    film.budget === null ? vocabulary.priors[0]! : Math.log10(film.budget) + multiple,
  );
}

/** All that differs from the mean is one topic's doing. */
function answerOf(
  json: AnswerJson,
  topic: Topic,
  of: (film: PlannedFilm, knowledge: Knowledge) => number,
): Answer {
  return {
    predict: ({ films, knowledge }) => Float64Array.from(films, (film) => of(film, knowledge)),
    explain(film, knowledge) {
      const average = knowledge.vocabulary.priors[0]!;
      return { average, effects: new Map([[topic, of(film, knowledge) - average]]) };
    },
    toJSON: () => json,
  };
}
