import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

/** Operations drawn from a schema: most are legal, some have arguments that are refused, some are wrong. */

export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

export interface Draw {
  /** 0 to n - 1. */
  readonly below: (n: number) => number;
  readonly chance: (share: number) => boolean;
  readonly pick: <T>(values: readonly T[]) => T;
}

/** The same draws for the same seed. */
export function draws(seed: number): Draw {
  let state = seed >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return { below, chance: (share) => next() < share, pick: (values) => values[below(values.length)]! };
}

/** What arguments and input fields of a name are given: first what is found, then what is not or is refused. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  id: [5, 8, 11, 14, 4, -1],
  first: [0, 1, 2, 3, 5, 20, 101, -1],
  last: [1, 2, 3, 200],
  offset: [0, 1, 7, 1000, -2],
  year: [2012, 2015, 2021, 2023, 1800],
  fromYear: [2011, 2014, 3000],
  toYear: [2013, 2019, 1],
  genre: ['Drama', 'Comedy', 'Nothing'],
  genres: [['Drama'], ['Drama', 'Comedy'], [], ['Nothing'], 'Horror'],
  title: ['amelie', 'É', 'a', '', 'zz"z\\', '🎬'],
  person: ['bo li', 'Cy Ångström', 'nobody'],
  personId: ['9', 'name:Cy Ångström', 'x'],
  language: ['en', 'FR', 'xx'],
  snapshot: ['test/1', 'test/99', '../x'],
  catalogue: ['test', 'other', 'synthetic:0'],
  minVoteCount: [50, 100],
  minVoteAverage: [5.5, 6, 7.25],
  minBudget: [60_000_000, 0, 1e12],
  model: ['ets', 'naive', 'oracle'],
  after: ['bm90IGE', ''],
  before: ['bm90IGE'],
  movieId: [5, 8],
  rating: [7.5, 11],
  runtime: [100, 0],
  month: [3, 13],
  budget: [1e7, -1],
  limit: [5, 0],
  ratePerSecond: [2, 0],
};

class Writer {
  readonly #draw: Draw;
  readonly #wrong: number;
  readonly definitions: string[] = [];
  readonly variables: Record<string, unknown> = {};
  readonly fragments: string[] = [];
  #fields = 0;
  #names = 0;

  constructor(draw: Draw, wrong: number) {
    this.#draw = draw;
    this.#wrong = wrong;
  }

  selections(type: GraphQLObjectType, depth: number): string {
    const { below, chance, pick } = this.#draw;
    const all = Object.values(type.getFields()).filter(
      (field) => depth > 0 || isLeafType(getNamedType(field.type)),
    );
    const parts: string[] = [];
    const taken = new Set<string>();
    for (let i = 0, count = 1 + below(depth > 2 ? 2 : 5); i < count; i++) {
      if (all.length === 0 || chance(0.08)) {
        parts.push(`${chance(0.5) ? '' : `t${this.#names++}: `}__typename`);
        continue;
      }
      const field = pick(all);
      if (++this.#fields > 60) break;
      const alias = taken.has(field.name) || chance(0.1) ? `a${this.#names++}: ` : '';
      taken.add(field.name);
      const args = this.#args(field.args);
      const inner = getNamedType(field.type);
      const below1 = isObjectType(inner) ? ` { ${this.selections(inner, depth - 1)} }` : '';
      const name = chance(this.#wrong / 20) ? `${field.name}X` : field.name;
      let text = `${alias}${name}${args}${this.#directive()}${below1}`;
      if (chance(0.06)) text = `... on ${type.name}${this.#directive()} { ${text} }`;
      else if (chance(0.05)) text = `...${this.#directive()} { ${text} }`;
      else if (chance(0.05)) {
        const fragment = `F${this.#names++}`;
        this.fragments.push(`fragment ${fragment} on ${type.name} { ${text} }`);
        text = `...${fragment}${this.#directive()}`;
      }
      parts.push(text);
    }
    return parts.length === 0 ? '__typename' : parts.join(' ');
  }

  #directive(): string {
    const { chance, pick } = this.#draw;
    if (!chance(0.06)) return '';
    const value = chance(0.5)
      ? String(chance(0.5))
      : `$${this.#variable('Boolean!', chance(this.#wrong / 10) ? 'yes' : chance(0.5))}`;
    return ` @${pick(['skip', 'include'])}(if: ${value})`;
  }

  #args(args: readonly GraphQLArgument[]): string {
    const { chance } = this.#draw;
    const given: string[] = [];
    for (const { name, type, defaultValue } of args) {
      const needed = isNonNullType(type) && defaultValue === undefined;
      if (needed ? chance(this.#wrong / 30) : !chance(0.3)) continue;
      const value = this.#value(name, type);
      given.push(
        chance(0.3) ? `${name}: $${this.#variable(String(type), value)}` : `${name}: ${literal(value, type)}`,
      );
    }
    return given.length === 0 ? '' : `(${given.join(', ')})`;
  }

  #variable(type: string, value: unknown): string {
    const { chance } = this.#draw;
    const name = `v${this.#names++}`;
    const isOptional = !type.endsWith('!');
    this.definitions.push(`$${name}: ${type}`);
    if (!(isOptional && chance(0.1)) && !chance(this.#wrong / 30)) this.variables[name] = value;
    return name;
  }

  #value(name: string, type: GraphQLInputType): unknown {
    const { below, chance, pick } = this.#draw;
    if (isNonNullType(type))
      return chance(this.#wrong / 30) ? null : this.#value(name, getNullableType(type));
    if (chance(0.04)) return null;
    if (chance(this.#wrong / 15)) return pick<unknown>([true, 'text', 1.5, 2 ** 40, [], {}, [1], -0, '']);
    if (isListType(type)) {
      const known = VALUES[name];
      if (known !== undefined) return pick(known);
      return Array.from({ length: below(3) }, () => this.#value(name, type.ofType as GraphQLInputType));
    }
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        (field) => (isNonNullType(field.type) && field.defaultValue === undefined) || chance(0.2),
      );
      return Object.fromEntries(fields.map((field) => [field.name, this.#value(field.name, field.type)]));
    }
    if (isEnumType(type)) return pick(type.getValues()).name;
    const named = String(type);
    if (named === 'Boolean') return chance(0.5);
    const known = VALUES[name];
    // Ids of films are numbers, those of people and runs are words.
    if (known === undefined || (name === 'id' && named === 'ID'))
      return named === 'Int' || named === 'Float'
        ? below(10)
        : pick(['9', 'name:Cy Ångström', 'nobody', 'away']);
    // Drawn from the front: what is found more often than what is not.
    return known[Math.min(below(known.length), below(known.length))];
  }
}

function literal(value: unknown, type: GraphQLInputType): string {
  if (Array.isArray(value)) return `[${value.map((one) => literal(one, type)).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([name, one]) => {
        const object = getNamedType(type);
        const field = isInputObjectType(object) ? object.getFields()[name]?.type : undefined;
        return `${name}: ${literal(one, field ?? type)}`;
      })
      .join(', ')} }`;
  const isWord = typeof value === 'string' && isEnumType(getNamedType(type)) && /^[A-Z_]+$/.test(value);
  return isWord ? (value as string) : JSON.stringify(value);
}

/** `wrong`: how often something is wrong on purpose, 0 to 1. */
export function drawOperation(schema: GraphQLSchema, draw: Draw, wrong = 0.3): Operation {
  const { below, chance } = draw;
  const writer = new Writer(draw, chance(0.5) ? wrong : 0);
  const selections = writer.selections(schema.getQueryType()!, 1 + below(5));
  const definitions = writer.definitions.length === 0 ? '' : `(${writer.definitions.join(', ')})`;
  const named = definitions !== '' || chance(0.3);
  const operation = `${named ? `query Q${definitions} ` : ''}{ ${selections} }`;
  const query = [operation, ...writer.fragments].join('\n');
  return {
    query: chance(wrong / 20) ? query.slice(0, -below(5)) : query,
    variables: writer.variables,
    ...(named && chance(0.3) ? { operationName: chance(wrong / 5) ? 'Other' : 'Q' } : {}),
  };
}
