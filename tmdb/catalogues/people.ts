import { seededRandom } from '../../models/random.js';
import { gaussian, zipf, type Random } from './draws.js';

/**
 * The people of synthetic films. Nothing is held: an id gives its name and its effect at once.
 * A person of a rank works for at most 24 years; then another takes the rank over, with an id of its own.
 */
const CAREER = 24;
const CAREERS = 5;
const ACTORS = 100_000;
const DIRECTORS = 30_000;
const FLATNESS = 100;
const FIRST_DIRECTOR = 1 + ACTORS * CAREERS;

/** Largest id that is drawn. */
export const LAST_PERSON = FIRST_DIRECTOR + DIRECTORS * CAREERS - 1;

export function drawActor(random: Random, yearsSinceFirst: number): number {
  return 1 + personOf(zipf(random, ACTORS, FLATNESS), yearsSinceFirst);
}

export function drawDirector(random: Random, yearsSinceFirst: number): number {
  return FIRST_DIRECTOR + personOf(zipf(random, DIRECTORS, FLATNESS), yearsSinceFirst);
}

function personOf(rank: number, yearsSinceFirst: number): number {
  // Careers of neighbouring ranks change hands in other years.
  return rank * CAREERS + Math.floor((yearsSinceFirst + ((rank * 7) % CAREER)) / CAREER);
}

/** What a person adds to the rating of a film: standard normal, the same in all films. */
export function quality(seed: number, person: number): number {
  return gaussian(seededRandom(`${seed}:person:${person}`));
}

// prettier-ignore
const FIRST_NAMES = [
  'Ada', 'Adrián', 'Agnès', 'Aiko', 'Alan', 'Alma', 'Amélie', 'Ana', 'Andrés', 'Anna', 'Anton', 'Beatriz', 'Ben', 'Björn', 'Camille', 'Carlos',
  'Chiara', 'Claire', 'Daniel', 'Diego', 'Dora', 'Elena', 'Élise', 'Emil', 'Emma', 'Farah', 'Felix', 'François', 'Freja', 'George', 'Grace', 'Hana',
  'Hugo', 'Ida', 'Inês', 'Isaac', 'Jack', 'Jean', 'João', 'José', 'Julia', 'Kenji', 'Lars', 'Laura', 'Léa', 'Leo', 'Lin', 'Lucía', 'Márta', 'Mei',
  'Mia', 'Nils', 'Nora', 'Olga', 'Oscar', 'Paolo', 'Priya', 'Ravi', 'Rosa', 'Søren', 'Zoë',
] as const;
// prettier-ignore
const SURNAME_STARTS = [
  'Al', 'Bar', 'Bel', 'Brand', 'Car', 'Cal', 'Chan', 'Dal', 'Dar', 'Del', 'Dun', 'Ed', 'Fair', 'Fal', 'Gar', 'Gold', 'Gran', 'Hal', 'Har', 'Hol', 'Jan',
  'Kal', 'Ker', 'Lan', 'Lind', 'Mar', 'Mel', 'Mor', 'Nor', 'Oak', 'Pal', 'Per', 'Ran', 'Ros', 'Sal', 'Stan', 'Tor', 'Val', 'Wal', 'Wes',
] as const;
// prettier-ignore
const SURNAME_ENDS = [
  'berg', 'bury', 'court', 'da', 'den', 'dez', 'dor', 'field', 'ford', 'gård', 'gate', 'ham', 'hurst', 'ić', 'ínez', 'ko', 'land', 'ley', 'lund', 'man',
  'mont', 'moto', 'ner', 'nov', 'oğlu', 'quist', 'shaw', 'sky', 'stein', 'ström', 'ton', 'ville', 'wick', 'wood', 'worth', 'ça',
] as const;
const INITIALS = 'ABCDEFGHIJKLMNOPRSTVWXYZ';

const SURNAMES = SURNAME_STARTS.length * SURNAME_ENDS.length;
const NAMES = FIRST_NAMES.length * SURNAMES * (INITIALS.length + 1);
/** Prime, and no factor of `NAMES`: neighbouring ids get names that are nothing alike, each its own. */
const STEP = 1_000_003;

/** One name for each id, and one id for each name. */
export function nameOf(person: number): string {
  let rest = (person * STEP) % NAMES;
  const first = FIRST_NAMES[rest % FIRST_NAMES.length]!;
  rest = Math.floor(rest / FIRST_NAMES.length);
  const surname = rest % SURNAMES;
  const initial = Math.floor(rest / SURNAMES);
  const start = SURNAME_STARTS[surname % SURNAME_STARTS.length]!;
  const end = SURNAME_ENDS[Math.floor(surname / SURNAME_STARTS.length)]!;
  return `${first} ${initial === 0 ? '' : `${INITIALS[initial - 1]!}. `}${start}${end}`;
}
