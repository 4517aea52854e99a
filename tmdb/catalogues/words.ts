import { pick, zipf, type Random } from './draws.js';
import type { Genre } from './genres.js';

/** The text of synthetic films: made up, but with languages, accents and themes as real titles have them. */

export interface Language {
  readonly code: string;
  readonly name: string;
  readonly english: string;
  readonly country: string;
  readonly countryName: string;
  readonly weight: number;
}

// prettier-ignore
export const LANGUAGES: readonly Language[] = [
  { code: 'en', name: 'English', english: 'English', country: 'US', countryName: 'United States of America', weight: 52 },
  { code: 'en', name: 'English', english: 'English', country: 'GB', countryName: 'United Kingdom', weight: 8 },
  { code: 'fr', name: 'Français', english: 'French', country: 'FR', countryName: 'France', weight: 9 },
  { code: 'es', name: 'Español', english: 'Spanish', country: 'ES', countryName: 'Spain', weight: 5 },
  { code: 'es', name: 'Español', english: 'Spanish', country: 'MX', countryName: 'Mexico', weight: 4 },
  { code: 'pt', name: 'Português', english: 'Portuguese', country: 'BR', countryName: 'Brazil', weight: 4 },
  { code: 'de', name: 'Deutsch', english: 'German', country: 'DE', countryName: 'Germany', weight: 5 },
  { code: 'sv', name: 'svenska', english: 'Swedish', country: 'SE', countryName: 'Sweden', weight: 2 },
  { code: 'ja', name: '日本語', english: 'Japanese', country: 'JP', countryName: 'Japan', weight: 6 },
  { code: 'hi', name: 'हिन्दी', english: 'Hindi', country: 'IN', countryName: 'India', weight: 5 },
];

// prettier-ignore
const ADJECTIVES = ['Silent', 'Last', 'Golden', 'Broken', 'Distant', 'Hidden', 'Crimson', 'Endless', 'Lost', 'Quiet', 'Wild', 'Burning', 'Secret', 'Frozen', 'Restless', 'Empty', 'Bright', 'Hollow', 'Second', 'Long'];
// prettier-ignore
const NOUNS = ['River', 'Summer', 'Garden', 'Letter', 'Harbour', 'Winter', 'Shadow', 'Road', 'Witness', 'Island', 'Promise', 'Machine', 'Orchard', 'Stranger', 'Voyage', 'Mountain', 'Mirror', 'Theatre', 'Signal', 'Crown', 'Café', 'Horizon', 'Game', 'Kingdom', 'Tide'];
// prettier-ignore
const FOREIGN: Readonly<Record<string, readonly [readonly string[], readonly string[]]>> = {
  fr: [['La dernière', 'L’étrange', 'Ma première', 'La forêt et la', 'Une pâle'], ['été', 'lumière', 'fenêtre', 'leçon', 'mémoire', 'île', 'fête', 'rivière']],
  es: [['El último', 'El pequeño', 'Mañana y el', 'Corazón y', 'Más allá del'], ['niño', 'río', 'jardín', 'adiós', 'camión', 'árbol', 'capitán', 'otoño']],
  pt: [['A última', 'Não há', 'Coração e', 'A canção da', 'Além da'], ['estação', 'manhã', 'memória', 'lágrima', 'ilusão', 'família', 'praça', 'noite']],
  de: [['Der letzte', 'Der schöne', 'Über den', 'Für den', 'Zurück in den'], ['Fluss', 'Frühling', 'König', 'Schlüssel', 'Träumer', 'Weg', 'Sänger', 'Süden']],
  sv: [['Den sista', 'Vår', 'Det är en', 'En blå', 'Bortom en'], ['sjö', 'ö', 'sommar', 'gård', 'ängel', 'vår', 'själ', 'båt']],
};

export function title(random: Random, language: string): string {
  const foreign = FOREIGN[language];
  if (foreign !== undefined) return `${pick(random, foreign[0])} ${pick(random, foreign[1])}`;
  const form = random();
  const adjective = pick(random, ADJECTIVES);
  const noun = pick(random, NOUNS);
  if (form < 0.4) return `The ${adjective} ${noun}`;
  if (form < 0.65) return `${adjective} ${noun}`;
  if (form < 0.9) return `${noun} of the ${pick(random, NOUNS)}`;
  return `${noun} ${2 + Math.floor(random() * 3)}`;
}

// prettier-ignore
const HEROES = ['A retired detective', 'A young pianist', 'An ambitious lawyer', 'A lonely lighthouse keeper', 'A group of friends', 'A stubborn farmer', 'Two estranged sisters', 'A small-town teacher', 'An undercover agent', 'A washed-up boxer'];
// prettier-ignore
const DEEDS = ['returns home after many years', 'must face an old enemy', 'discovers a letter that changes everything', 'gets one last chance', 'falls for the wrong person', 'is drawn into a dangerous game', 'sets out on a long journey', 'fights to keep a promise'];
const THEMES: Readonly<Record<Genre, string>> = {
  Action: 'before the clock runs out',
  Adventure: 'at the edge of the known world',
  Animation: 'in a world where animals talk',
  Comedy: 'and nothing goes as planned',
  Crime: 'while the police close in',
  Documentary: 'as those who were there tell it',
  Drama: 'and learns to forgive',
  Family: 'with a little help from the children',
  Fantasy: 'under the spell of an ancient kingdom',
  History: 'as an empire falls',
  Horror: 'while something waits in the dark',
  Music: 'with one song to save the show',
  Mystery: 'but no one tells the truth',
  Romance: 'and finds love where it was least expected',
  'Science Fiction': 'on a station far from Earth',
  'TV Movie': 'one week before Christmas',
  Thriller: 'and trusts nobody',
  War: 'behind enemy lines',
  Western: 'on the last frontier',
};

export function overview(random: Random, genres: readonly Genre[]): string {
  const first = `${pick(random, HEROES)} ${pick(random, DEEDS)}`;
  return `${[first, ...genres.map((genre) => THEMES[genre])].join(', ')}.`;
}

const TAGLINES = ['Some doors stay closed.', 'Nothing is forgotten.', 'Every road ends here.', 'Believe it.'];

export function tagline(random: Random): string {
  return random() < 0.4 ? pick(random, TAGLINES) : '';
}

// prettier-ignore
const KEYWORDS = ['friendship', 'revenge', 'small town', 'based on novel or book', 'murder', 'sibling relationship', 'road trip', 'prison', 'new york city', 'paris, france', 'world war ii', 'detective', 'dystopia', 'love triangle', 'high school', 'sequel', 'woman director', 'ghost', 'heist', 'island', 'train', 'robot', 'space', 'wedding', 'christmas', 'dog', 'boxing', 'journalist', 'lawyer', 'spy', 'escape', 'hotel', 'pirate', 'musical', 'short film', 'biography', 'desert', 'alien', 'magic', 'coming of age'];

export function keywords(random: Random): readonly { readonly id: number; readonly name: string }[] {
  const chosen = new Set<number>();
  const count = Math.floor(random() * 6);
  for (let draw = 0; draw < count; draw++) chosen.add(zipf(random, KEYWORDS.length, 5));
  return [...chosen].map((at) => ({ id: 1000 + at, name: KEYWORDS[at]! }));
}

const COMPANY_ENDS = ['Pictures', 'Films', 'Entertainment', 'Studios', 'Productions', 'Cinematográfica'];
const COMPANIES = 600;

export function companies(random: Random): readonly { readonly id: number; readonly name: string }[] {
  const chosen = new Set<number>();
  const count = Math.floor(random() * 4);
  for (let draw = 0; draw < count; draw++) chosen.add(zipf(random, COMPANIES, 10));
  return [...chosen].map((at) => {
    const noun = NOUNS[at % NOUNS.length]!;
    const adjective = ADJECTIVES[Math.floor(at / NOUNS.length) % ADJECTIVES.length]!;
    // Numbers 500 apart share noun and adjective, but not the ending (500 is no multiple of 6).
    return { id: 1 + at, name: `${adjective} ${noun} ${COMPANY_ENDS[at % COMPANY_ENDS.length]!}` };
  });
}

// prettier-ignore
const ROLES = ['The Stranger', 'Mother', 'Father', 'Detective', 'Doctor', 'Captain', 'Teacher', 'Young Woman', 'Old Man', 'Narrator (voice)', 'Barman', 'Sister', 'Neighbour', 'Self', ''];
const CHARACTER_NAMES = [
  'Alex',
  'Marie',
  'Jo',
  'Sam',
  'Inés',
  'Viktor',
  'Ruth',
  'Tom',
  'Lily',
  'Max',
  'Zoé',
  'Ana',
];

export function character(random: Random): string {
  return random() < 0.5 ? pick(random, CHARACTER_NAMES) : pick(random, ROLES);
}

/** Text as a crawl that mixed up encodings leaves it: UTF-8 read as Latin-1, or a letter lost. */
export function broken(text: string): string {
  const misread = Buffer.from(text, 'utf8').toString('latin1');
  return misread === text ? text.replace(/[aeiou]/, '\uFFFD') : misread;
}
