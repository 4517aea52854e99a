import { seededRandom } from '../../models/random.js';
import type { Catalogue, ListedFilm } from './catalogue.js';
import { cumulate, gaussian, weighted, type Random } from './draws.js';
import { GENRE_IDS, GENRES, type Genre } from './genres.js';
import { drawActor, drawDirector, nameOf, quality } from './people.js';
import { FIRST_YEAR, GENRE_SHARES, LAST_YEAR, plantedIndex, type PlantedIndex } from './planted.js';
import { catalogueLabel, type CatalogueSpec } from './spec.js';
import * as words from './words.js';

/** Raise it when any film changes for the same seed and id. */
const GENERATOR = 1;

/** Films grow by 3 % a year. */
const GROWTH = 0.03;
/** Standard deviation of the log of a film's own popularity beside its genres'. */
const NOISE = 0.6;
const SHARES = cumulate(GENRES.map((genre) => GENRE_SHARES[genre]));
const LANGUAGE_SHARES = cumulate(words.LANGUAGES.map(({ weight }) => weight));
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** What the daily export needs of a film: drawn first, and alone, so that listing a million films is quick. */
interface Film {
  readonly id: number;
  readonly year: number;
  readonly genres: readonly Genre[];
  readonly language: words.Language;
  readonly title: string;
  readonly popularity: number;
  /** How much more popular than its genres and year say, in standard deviations. */
  readonly appeal: number;
  /** How often its numbers have been revised. */
  readonly revision: number;
}

interface World {
  readonly seed: number;
  readonly day: number;
  readonly planted: PlantedIndex;
}

/** Day 0 is the day that the catalogue starts from; day k is k days later. */
const DAY_0 = Date.UTC(2025, 0, 1);
const DAY_MS = 86_400_000;
/** Each film is revised every 100 days, which makes 1 % of them a day. */
const REVISION_DAYS = 100;

/**
 * The film is revised on the days k ≥ 1 for which (k + phase) is a multiple of 100. A plain integer hash
 * (MurmurHash3's finaliser), because a question for changes asks it of all films.
 */
function phase(seed: number, id: number): number {
  let hash = Math.imul(id, 0x9e3779b1) ^ seed;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % REVISION_DAYS;
}

function film({ seed, day, planted }: World, id: number): Film {
  const random = seededRandom(`${seed}:film:${id}`);
  const years = LAST_YEAR - FIRST_YEAR + 1;
  const year = FIRST_YEAR + Math.floor(Math.log(1 + random() * (Math.exp(GROWTH * years) - 1)) / GROWTH);
  const genres = drawGenres(random);
  const language = words.LANGUAGES[weighted(random, LANGUAGE_SHARES)]!;
  const appeal = gaussian(random);
  const title = words.title(random, language.code);
  const damaged = random() < 0.003;
  const revision = day === 0 ? 0 : Math.floor((day + phase(seed, id)) / REVISION_DAYS);
  const drift = revision === 0 ? 0 : 0.15 * gaussian(seededRandom(`${seed}:revision:${id}:${revision}`));
  const index =
    genres.length === 0
      ? 1
      : genres.reduce((sum, genre) => sum + planted.index(genre, year), 0) / genres.length;
  const heat = 2 * age(year) * index * Math.exp(NOISE * appeal - (NOISE * NOISE) / 2 + drift);
  return {
    id,
    year,
    genres,
    language,
    title: damaged ? words.broken(title) : title,
    popularity: Math.round(heat * 1e4) / 1e4,
    appeal,
    revision,
  };
}

/** New films are searched for more, whatever their genre: a mean by year shows this age curve, an index does not. */
function age(year: number): number {
  return 1 + 2.5 * Math.exp(year - LAST_YEAR);
}

function drawGenres(random: Random): readonly Genre[] {
  const many = random();
  if (many < 0.002) return [];
  const chosen: Genre[] = [];
  const wanted = many < 0.45 ? 1 : many < 0.8 ? 2 : 3;
  while (chosen.length < wanted) {
    const genre = GENRES[weighted(random, SHARES)]!;
    if (!chosen.includes(genre)) chosen.push(genre);
  }
  return chosen;
}

/** Effects of a film's first genre: on its rating, on the log of its budget, on its runtime in minutes. */
const EFFECTS: Readonly<Partial<Record<Genre, readonly [number, number, number]>>> = {
  Action: [-0.1, 0.6, 5],
  Adventure: [0.1, 0.9, 8],
  Animation: [0.4, 0.7, -15],
  Documentary: [0.7, -2, -12],
  Drama: [0.3, -0.2, 6],
  Horror: [-0.6, -0.7, -8],
  Music: [0.4, -0.3, 0],
  'Science Fiction': [-0.2, 0.8, 4],
  'TV Movie': [-0.2, -1, -10],
  War: [0.4, 0.3, 14],
};

/** The TMDB document of one film, from (seed, day, id) alone. */
function documentOf(world: World, id: number): string {
  const { year, genres, language, title, popularity, appeal, revision } = film(world, id);
  const random = seededRandom(`${world.seed}:details:${id}`);
  const [liking, money, minutes] = EFFECTS[genres[0] ?? 'Comedy'] ?? [0, 0, 0];

  const month = Math.floor(random() * 12);
  const date = `${year}-${two(month + 1)}-${two(1 + Math.floor(random() * MONTH_DAYS[month]!))}`;
  const undated = random() < 0.005;
  const runtime = random() < 0.04 ? 0 : Math.max(41, Math.round(100 + minutes + 14 * gaussian(random)));

  const cast = drawCast(random, year);
  const directors = [
    cast.length > 0 && random() < 0.1 ? cast[0]!.id : drawDirector(random, year - FIRST_YEAR),
  ];
  if (random() < 0.15) {
    const second = drawDirector(random, year - FIRST_YEAR);
    if (second !== directors[0]) directors.push(second);
  }
  const leads = cast.slice(0, 4);
  const acting = leads.reduce((sum, { id: person }) => sum + quality(world.seed, person), 0);
  const directing = directors.reduce((sum, person) => sum + quality(world.seed, person), 0);
  // The mean of n normal effects is as wide as one when multiplied by √n.
  const craft =
    0.45 * (acting / Math.sqrt(Math.max(1, leads.length))) + 0.55 * (directing / Math.sqrt(directors.length));

  const fame = 0.7 * appeal + 0.7 * gaussian(random);
  const first = random() < 0.08 ? 0 : Math.floor(Math.exp(3.4 + 0.012 * (year - 1978) + 1.7 * fame));
  const votes = first === 0 ? 0 : Math.floor(first * (1 + 0.02 * revision)) + revision;
  const liked = 6.1 + liking + 0.006 * (runtime === 0 ? 0 : runtime - 100) + craft + 0.55 * gaussian(random);
  const rating = votes === 0 ? 0 : Math.round(Math.min(10, Math.max(1, liked)) * 1e3) / 1e3;

  const [budget, revenue] = drawMoney(random, money, appeal, craft, year);
  const overview = random() < 0.04 ? '' : words.overview(random, genres);
  const damaged = random();

  return JSON.stringify({
    adult: false,
    backdrop_path: null,
    belongs_to_collection: null,
    budget,
    genres: genres.map((name) => ({ id: GENRE_IDS[name], name })),
    homepage: '',
    id,
    imdb_id: null,
    origin_country: [language.country],
    original_language: language.code,
    original_title: title,
    overview: damaged < 0.003 ? words.broken(overview) : damaged < 0.006 ? `${overview} &amp;` : overview,
    popularity,
    poster_path: null,
    production_companies: words.companies(random),
    production_countries: [{ iso_3166_1: language.country, name: language.countryName }],
    release_date: undated ? '' : date,
    revenue,
    runtime,
    spoken_languages: [{ english_name: language.english, iso_639_1: language.code, name: language.name }],
    status: 'Released',
    tagline: words.tagline(random),
    title,
    video: false,
    vote_average: rating,
    vote_count: votes,
    credits: {
      cast,
      crew: directors.map((person) => ({
        id: person,
        name: nameOf(person),
        profile_path: null,
        department: 'Directing',
        job: 'Director',
      })),
    },
    keywords: { keywords: words.keywords(random) },
  });
}

interface CastMember {
  readonly id: number;
  readonly name: string;
  readonly profile_path: null;
  readonly character: string;
  readonly order: number;
}

/** 0 to 12 people; in 3 films of 1,000 the first plays a second part, as real casts have it. */
function drawCast(random: Random, year: number): readonly CastMember[] {
  const people: number[] = [];
  const wanted = Math.floor(random() * 13);
  for (let draw = 0; draw < wanted; draw++) {
    const person = drawActor(random, year - FIRST_YEAR);
    if (!people.includes(person)) people.push(person);
  }
  if (people.length > 1 && random() < 0.003) people.push(people[0]!);
  return people.map((id, order) => ({
    id,
    name: nameOf(id),
    profile_path: null,
    character: words.character(random),
    order,
  }));
}

/** Budget and revenue in whole dollars; 0 = unknown, as TMDB has it. */
function drawMoney(
  random: Random,
  genre: number,
  appeal: number,
  craft: number,
  year: number,
): readonly [number, number] {
  const known = random() < 0.4 + 0.05 * appeal;
  const size = 16 + genre + 0.3 * appeal + 0.01 * (year - 1978) + 1.2 * gaussian(random);
  const factor = Math.exp(0.5 + 0.35 * craft + 0.35 * appeal + 0.8 * gaussian(random));
  const luck = random();
  if (!known) return [0, luck < 0.06 ? Math.round(Math.exp(size - 1)) : 0];
  // People round budgets to two digits; a few type millions without the zeros.
  const exact = Math.min(4e8, Math.exp(size));
  const step = 10 ** (Math.floor(Math.log10(exact)) - 1);
  const budget = luck > 0.998 ? Math.ceil(exact / 1e6) : Math.round(exact / step) * step;
  return [Math.round(budget), luck < 0.7 || luck > 0.998 ? Math.round(exact * factor) : 0];
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** Every document of `synthetic:<films>:<seed>` in the order of ids; one at a time is held. */
export function* syntheticDocuments(films: number, seed = 1): Iterable<string> {
  const world: World = { seed, day: 0, planted: plantedIndex(seed) };
  for (let id = 1; id <= films; id++) yield documentOf(world, id);
}

/** Any film is made when it is asked for, so a catalogue of millions takes no memory. */
export function openSynthetic(spec: CatalogueSpec & { readonly kind: 'synthetic' }): Catalogue {
  const { films, seed, day } = spec;
  const world: World = { seed, day, planted: plantedIndex(seed) };
  const isFilm = (id: number): boolean => Number.isInteger(id) && id >= 1 && id <= films;
  return {
    label: catalogueLabel(spec),
    version: `synthetic-${GENERATOR}:${films}:${seed}@${day}`,
    day: new Date(DAY_0 + day * DAY_MS).toISOString().slice(0, 10),
    *list(): Iterable<ListedFilm> {
      for (let id = 1; id <= films; id++) {
        const { title, popularity } = film(world, id);
        yield { id, title, popularity, adult: false, video: false };
      }
    },
    document: (id) => Promise.resolve(isFilm(id) ? documentOf(world, id) : null),
    changes(from, to) {
      const first = Math.max(1, dayOf(from));
      const last = Math.min(day, dayOf(to));
      const changed: number[] = [];
      if (last < first) return Promise.resolve(changed);
      for (let id = 1; id <= films; id++) {
        const shift = phase(seed, id);
        const until = Math.floor((last + shift) / REVISION_DAYS);
        if (until > Math.floor((first - 1 + shift) / REVISION_DAYS)) changed.push(id);
      }
      return Promise.resolve(changed);
    },
    close: () => Promise.resolve(),
  };
}

function dayOf(date: string): number {
  return Math.round((Date.parse(`${date}T00:00:00Z`) - DAY_0) / DAY_MS);
}
