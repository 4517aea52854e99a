import {
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import type { CountedField, CountedFields } from './fields.js';
import { FIELD, VALUE } from './costs.js';

/** How large a query is once its fragments are written out. */
export interface Measure {
  /** Levels of fields. */
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly fields: number;
  /** Microseconds of CPU that its answer may take: each list counts as long as its `first` or `last` allows. */
  readonly cost: number;
}

/**
 * What a request may be. The standard introspection query is 15 levels deep. A second of CPU is half of the longest
 * that an answer may take, what the histories of the 20 films that may have theirs cost, and ten times and more what
 * any ready query does.
 */
export const LIMITS: Measure = { depth: 15, aliases: 30, directives: 20, fields: 2000, cost: 1_000_000 };

/** The longest list that any field gives, a year's days. A longer one is refused by its field, which says what is legal. */
const LONGEST = 366;

/** `listed`: what each entry costs of the lists that are as long as the field above them allows. */
interface Counted extends Measure {
  readonly listed: number;
}

const ROOTS = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' } as const;
/** `__typename`, and what the schema does not have: another rule refuses that. */
const UNKNOWN: CountedField = {
  type: '',
  weight: VALUE,
  entry: 0,
  isList: false,
  size: null,
  slicing: null,
  entries: undefined,
};
const ZERO: Counted = { depth: 0, aliases: 0, directives: 0, fields: 0, cost: 0, listed: 0 };

type Variables = Readonly<Record<string, unknown>>;

/**
 * Measures an operation. Each fragment is measured once however often it is spread, so that nested fragments cost
 * no time; sums grow past what is countable without harm. Without `variables`, a size given by a variable counts
 * as its default. `sizing`: names of the variables that size something, whatever their values.
 */
export function measure(
  operation: OperationDefinitionNode,
  document: DocumentNode,
  known: CountedFields,
  variables: Variables = {},
): Measure & { readonly sizing: ReadonlySet<string> } {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const measured = new Map<string, Counted>();
  const sizing = new Set<string>();

  const ofFragment = (name: string): Counted => {
    const before = measured.get(name);
    if (before !== undefined) return before;
    // A fragment that spreads itself counts nothing here: another rule refuses it.
    measured.set(name, ZERO);
    const fragment = fragments.get(name);
    if (fragment === undefined) return ZERO;
    const inside = ofSelections(fragment.typeCondition.name.value, fragment.selectionSet);
    const total = { ...inside, directives: inside.directives + (fragment.directives?.length ?? 0) };
    measured.set(name, total);
    return total;
  };

  /** Of an argument: a number, or how many entries a list has; null where it is neither, or not given. */
  const countOf = ({ arguments: given }: FieldNode, argument: string): number | null => {
    const value = given?.find(({ name }) => name.value === argument)?.value;
    if (value?.kind !== Kind.VARIABLE) return countIn(value);
    sizing.add(value.name.value);
    return sizeOf(value.name.value, operation, variables);
  };

  const ofField = (parent: string, node: FieldNode): Counted => {
    const field = known.get(parent)?.get(node.name.value) ?? UNKNOWN;
    const inside = node.selectionSet === undefined ? ZERO : ofSelections(field.type, node.selectionSet);
    const [first, last] = [countOf(node, 'first'), countOf(node, 'last')];
    const within = legal(first ?? last ?? field.size);
    const { slicing } = field;
    const own =
      slicing !== null ? legal(countOf(node, slicing.argument) ?? slicing.size) : field.isList ? within : 1;
    const below = field.isList && slicing === null ? 1 : (within ?? 1);
    const { entries } = field;
    const weight =
      field.weight + (entries === undefined ? 0 : entries.weight * (countOf(node, entries.argument) ?? 1));
    const entry = field.entry + inside.cost + below * inside.listed;
    return {
      depth: 1 + inside.depth,
      aliases: inside.aliases + (node.alias === undefined ? 0 : 1),
      directives: inside.directives,
      fields: 1 + inside.fields,
      cost: weight + (own ?? 0) * entry,
      listed: own === null ? entry : 0,
    };
  };

  const ofSelections = (type: string, { selections }: SelectionSetNode): Counted => {
    let { depth, aliases, directives, fields, cost, listed } = ZERO;
    for (const selection of selections) {
      const inside =
        selection.kind === Kind.FIELD
          ? ofField(type, selection)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? ofSelections(selection.typeCondition?.name.value ?? type, selection.selectionSet)
            : ofFragment(selection.name.value);
      depth = Math.max(depth, inside.depth);
      aliases += inside.aliases;
      directives += inside.directives + (selection.directives?.length ?? 0);
      fields += inside.fields;
      cost += inside.cost;
      listed += inside.listed;
    }
    return { depth, aliases, directives, fields, cost, listed };
  };

  const { listed: _none, ...inside } = ofSelections(ROOTS[operation.operation], operation.selectionSet);
  const declared = (operation.variableDefinitions ?? []).reduce(
    (sum, { directives }) => sum + (directives?.length ?? 0),
    operation.directives?.length ?? 0,
  );
  return {
    ...inside,
    directives: inside.directives + declared,
    cost: inside.cost + FIELD * inside.fields,
    sizing,
  };
}

/** What a variable sizes: a number, or how many entries a list has; null where it is neither, or not given. */
export function sizeOf(
  name: string,
  { variableDefinitions }: OperationDefinitionNode,
  variables: Variables,
): number | null {
  const set = variables[name];
  // A null that is given is no default: the field's own holds.
  if (set === null) return null;
  if (typeof set === 'number') return Math.max(0, set);
  if (Array.isArray(set)) return set.length;
  return countIn(variableDefinitions?.find(({ variable }) => variable.name.value === name)?.defaultValue);
}

const legal = (size: number | null): number | null => (size === null ? null : Math.min(LONGEST, size));

function countIn(value: ValueNode | undefined): number | null {
  if (value?.kind === Kind.INT) return Number(value.value);
  return value?.kind === Kind.LIST ? value.values.length : null;
}
