import {
  isObjectType,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

/** How large a query is once its fragments are written out. */
export interface Measure {
  /** Levels of fields. */
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly fields: number;
  /** Fields that an answer may hold: each list counts as long as its `first` or `last` allows. */
  readonly cost: number;
}

/** What a request may be. The standard introspection query is 15 levels deep. */
export const LIMITS: Measure = { depth: 15, aliases: 30, directives: 20, fields: 2000, cost: 200_000 };

/** Rough lengths of lists that take no `first`; a genre's years are the long one. */
const UNSIZED: Readonly<Record<string, number>> = {
  genreTrends: 20,
  points: 100,
  genres: 20,
  models: 10,
  popularityHistory: 90,
  genrePopularityHistory: 20,
  days: 90,
};

/** How many entries a field of this name lists when `first` is not given; null where it takes none. */
export type ListSizes = ReadonlyMap<string, number>;

export function listSizes(schema: GraphQLSchema): ListSizes {
  const sizes = new Map<string, number>(Object.entries(UNSIZED));
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const first = field.args.find(({ name }) => name === 'first');
      if (first !== undefined)
        sizes.set(field.name, typeof first.defaultValue === 'number' ? first.defaultValue : 20);
    }
  }
  return sizes;
}

const ZERO: Measure = { depth: 0, aliases: 0, directives: 0, fields: 0, cost: 0 };

/**
 * Measures an operation. Each fragment is measured once however often it is spread, so that nested fragments cost
 * no time; sums grow past what is countable without harm. Without `variables`, a size given by a variable counts
 * as its default.
 */
export function measure(
  operation: OperationDefinitionNode,
  document: DocumentNode,
  sizes: ListSizes,
  variables: Readonly<Record<string, unknown>> = {},
): Measure & { readonly sizedByVariables: boolean } {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const measured = new Map<string, Measure>();
  let sizedByVariables = false;

  const ofFragment = (name: string): Measure => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    // A fragment that spreads itself counts nothing here: another rule refuses it.
    measured.set(name, ZERO);
    const fragment = fragments.get(name);
    if (fragment === undefined) return ZERO;
    const inside = ofSelections(fragment.selectionSet);
    const total = { ...inside, directives: inside.directives + (fragment.directives?.length ?? 0) };
    measured.set(name, total);
    return total;
  };

  const sizeOf = (value: ValueNode | undefined): number | null => {
    if (value?.kind === Kind.INT) return Number(value.value);
    if (value?.kind !== Kind.VARIABLE) return null;
    sizedByVariables = true;
    const given = variables[value.name.value];
    if (typeof given === 'number') return given;
    const declared = operation.variableDefinitions?.find(
      ({ variable }) => variable.name.value === value.name.value,
    );
    return declared?.defaultValue?.kind === Kind.INT ? Number(declared.defaultValue.value) : null;
  };

  const ofSelections = ({ selections }: SelectionSetNode): Measure => {
    let { depth, aliases, directives, fields, cost } = ZERO;
    for (const selection of selections) {
      directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD) {
        const inside = selection.selectionSet === undefined ? ZERO : ofSelections(selection.selectionSet);
        const sized = ['first', 'last']
          .map((name) => sizeOf(selection.arguments?.find((one) => one.name.value === name)?.value))
          .find((size) => size !== null);
        // Sizes out of range are refused by their field, which can say what is legal.
        const length = Math.min(100, Math.max(0, sized ?? sizes.get(selection.name.value) ?? 1));
        depth = Math.max(depth, 1 + inside.depth);
        aliases += inside.aliases + (selection.alias === undefined ? 0 : 1);
        directives += inside.directives;
        fields += 1 + inside.fields;
        cost += 1 + length * inside.cost;
      } else {
        const inside =
          selection.kind === Kind.INLINE_FRAGMENT
            ? ofSelections(selection.selectionSet)
            : ofFragment(selection.name.value);
        depth = Math.max(depth, inside.depth);
        aliases += inside.aliases;
        directives += inside.directives;
        fields += inside.fields;
        cost += inside.cost;
      }
    }
    return { depth, aliases, directives, fields, cost };
  };

  const inside = ofSelections(operation.selectionSet);
  const declared = (operation.variableDefinitions ?? []).reduce(
    (sum, { directives }) => sum + (directives?.length ?? 0),
    operation.directives?.length ?? 0,
  );
  return { ...inside, directives: inside.directives + declared, sizedByVariables };
}
