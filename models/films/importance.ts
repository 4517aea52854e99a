import { rmse } from '../metrics.js';
import { seededRandom } from '../random.js';
import type { Topic } from './features.js';
import { ROLES, type PlannedFilm } from './film.js';

const TOPICS: readonly Topic[] = ['year', 'month', 'runtime', 'budget', 'language', ...ROLES];

/**
 * Permutation importance (Breiman 2001) of each input of a film: by how much the RMSE grows when the tested films
 * exchange that input at random, in the unit of what is predicted. It asks the model alone, whatever it is; inputs
 * that say the same, such as a director and a usual company, share what they tell.
 */
export function permutationImportance(
  films: readonly PlannedFilm[],
  actual: ArrayLike<number>,
  predict: (films: readonly PlannedFilm[]) => ArrayLike<number>,
  seed: number | string,
): Map<Topic, number> {
  const error = rmse(actual, predict(films));
  return new Map(
    TOPICS.map((topic) => {
      const random = seededRandom(`${seed}/importance/${topic}`);
      const others = films.slice();
      for (let i = others.length - 1; i > 0; i--) {
        const j = Math.floor(random() * (i + 1));
        [others[i], others[j]] = [others[j]!, others[i]!];
      }
      const changed = films.map((film, i) => withInput(film, topic, others[i]!));
      return [topic, rmse(actual, predict(changed)) - error];
    }),
  );
}

function withInput(film: PlannedFilm, topic: Topic, other: PlannedFilm): PlannedFilm {
  return topic in film.names
    ? { ...film, names: { ...film.names, [topic]: other.names[topic as keyof PlannedFilm['names']] } }
    : { ...film, [topic]: other[topic as keyof PlannedFilm] };
}
