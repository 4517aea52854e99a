import {
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isObjectType,
  Kind,
  parse,
  visit as visitDocument,
  type GraphQLObjectType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { COSTS, TEXT } from '../../graphql/limits/costs.js';
import { isText } from '../../graphql/limits/fields.js';
import type { Question } from '../graphql/questions.js';

/**
 * How often something that has a cost stands in an answer: a field with a weight, else an
 * object, a text or another value, a word of a list; and the fields of the query itself.
 */
export type Counts = Map<string, number>;

/** Counts an answer as `graphql/limits` counts a query, with the lists as long as they are. No fragments. */
export function countAnswer(schema: GraphQLSchema, { query, variables }: Question, data: object): Counts {
  const counts: Counts = new Map();
  const add = (what: string, times = 1): void => void counts.set(what, (counts.get(what) ?? 0) + times);

  const visit = (type: GraphQLObjectType, { selections }: SelectionSetNode, value: object): void => {
    for (const node of selections) {
      if (node.kind !== Kind.FIELD) throw new Error(`${query} has a fragment`);
      const field = type.getFields()[node.name.value]!;
      const id = `${type.name}.${field.name}`;
      const [isList, inner] = [isListType(getNullableType(field.type)), getNamedType(field.type)];
      const { weight, entries } = COSTS[id] ?? {};
      if ((weight ?? 0) > TEXT) add(id);
      else if (isList || isLeafType(inner)) add(!isList && isText(inner) ? 'text' : 'value');
      const given = node.arguments?.find(({ name }) => name.value === entries?.argument)?.value;
      if (given?.kind === Kind.VARIABLE)
        add(`${id}, each of ${entries?.argument}`, (variables[given.name.value] as unknown[]).length);
      const found = (value as Record<string, unknown>)[(node.alias ?? node.name).value];
      const all = (isList ? found : [found]) as readonly (object | null)[] | null;
      for (const entry of all ?? []) {
        if (isObjectType(inner) && entry !== null) {
          add('object');
          visit(inner, node.selectionSet as SelectionSetNode, entry);
        } else if (isList) add('word');
      }
    }
  };
  const document = parse(query);
  visitDocument(document, { Field: () => add('field') });
  for (const definition of document.definitions)
    if (definition.kind === Kind.OPERATION_DEFINITION)
      visit(schema.getRootType(definition.operation) as GraphQLObjectType, definition.selectionSet, data);
  return counts;
}
