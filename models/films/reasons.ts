import { once } from '../once.js';
import type { MovieInput, Reason } from '../prediction.js';
import type { Explanation } from './answer.js';
import type { Topic } from './features.js';
import { foldName, type Listed } from './film.js';
import type { Knowledge } from './knowledge.js';

/** How each input of a film reads; null where it was not given. */
const VALUES: Readonly<Record<Topic, (input: MovieInput) => string | null>> = {
  genres: ({ genres }) => listed(genres),
  year: ({ year }) => String(year),
  month: ({ month }) => (month == null ? null : String(month)),
  runtime: ({ runtime }) => (runtime == null ? null : `${runtime} min`),
  budget: ({ budget }) => (budget == null ? null : `$${budget.toLocaleString('en-US')}`),
  language: ({ language }) => language ?? null,
  directors: ({ directors }) => listed(directors),
  cast: ({ cast }) => listed(cast),
  companies: ({ companies }) => listed(companies),
  keywords: ({ keywords }) => listed(keywords),
  title: ({ title }) => title ?? null,
};

/** A new title is nothing strange, so it is not among these. */
const SINGULAR: Readonly<Record<Listed, string>> = {
  genres: 'genre',
  directors: 'director',
  cast: 'actor',
  companies: 'company',
  keywords: 'keyword',
};

/**
 * What each input adds to the average film's prediction, largest first; `unit` turns the model's unit into the
 * prediction's. An input that is not given has an effect too: it makes a film look like others that lack it.
 */
export function reasonsOf(
  { effects }: Explanation,
  input: MovieInput,
  unit: (effect: number) => number,
): Reason[] {
  return [...effects]
    .map(([topic, effect]) => ({
      feature: topic,
      value: VALUES[topic](input) ?? 'not given',
      effect: unit(effect),
    }))
    .filter(({ effect }) => effect !== 0)
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
}

/** Names that no film of the training set has, and a language of too few films, as they were given. */
export function unknownInputs(input: MovieInput, { history, vocabulary }: Knowledge): string[] {
  const names = (Object.keys(SINGULAR) as Listed[]).flatMap((role) =>
    (input[role] ?? [])
      .filter((name) => foldName(name) !== '' && !history.knows(role, foldName(name)))
      .map((name) => `${SINGULAR[role]}: ${name}`),
  );
  const { language } = input;
  if (language != null && !vocabulary.languages.includes(language)) names.push(`language: ${language}`);
  return names;
}

function listed(names: readonly string[] | null | undefined): string | null {
  return names != null && names.length > 0 ? names.join(', ') : null;
}

/** What explains a prediction. */
class Explained {
  readonly #reasons: () => readonly Reason[];

  constructor(explain: () => readonly Reason[]) {
    this.#reasons = once(explain);
  }

  get reasons(): readonly Reason[] {
    return this.#reasons();
  }
}

/**
 * A prediction with its reasons, which are computed when they are first read: not all who ask read them. The getter is a
 * class's: V8 makes a hidden class for each object that has a getter of its own, and keeps all that it reaches until the
 * next full garbage collection.
 */
export function explained<Prediction extends object>(
  prediction: Prediction,
  explain: () => readonly Reason[],
): Prediction & { readonly reasons: readonly Reason[] } {
  return Object.assign(new Explained(explain), prediction);
}
