import {
  GraphQLError,
  Kind,
  type DocumentNode,
  type OperationDefinitionNode,
  type ValidationRule,
} from 'graphql';
import { LIMIT } from '../errors.js';
import type { CountedFields } from './fields.js';
import { LIMITS, measure, sizeOf, type Measure } from './measure.js';

const WORDS: Readonly<Record<Exclude<keyof Measure, 'cost'>, string>> = {
  depth: 'levels deep',
  aliases: 'aliases',
  directives: 'directives',
  fields: 'fields with its fragments written out',
};

function tooComplex(found: Measure): GraphQLError | null {
  for (const [name, most] of Object.entries(LIMITS) as [keyof Measure, number][]) {
    if (found[name] <= most) continue;
    const said =
      name === 'cost'
        ? `would take up to ${count(found.cost / 1000)} ms of CPU time, list sizes multiplied; legal are at most ${most / 1000} ms`
        : `has ${count(found[name])} ${WORDS[name]}; legal are at most ${most}`;
    return new GraphQLError(`The query ${said}. Ask in parts.`, {
      extensions: { code: 'QUERY_TOO_COMPLEX', [LIMIT]: true, http: { status: 400 } },
    });
  }
  return null;
}

const count = (value: number): string => (value > 1e9 ? 'more than 10⁹' : String(Math.ceil(value)));

/** The limits that a document shows by itself, as a validation rule: before anything is executed. */
export function limitRule(fields: CountedFields): ValidationRule {
  return (context) => ({
    Document(document) {
      for (const operation of document.definitions) {
        if (operation.kind !== Kind.OPERATION_DEFINITION) continue;
        const error = tooComplex(measure(operation, document, fields));
        if (error !== null) context.reportError(error);
      }
    },
  });
}

/** What is known of an operation once it was measured: `legal` has the sizes, joined, with which it was within limits. */
interface Known {
  readonly sizing: readonly string[];
  readonly legal: Set<string>;
}
const known = new WeakMap<OperationDefinitionNode, Known>();
/** Sizes that are remembered of an operation. */
const MOST_SIZES = 200;

/**
 * The same once the variables are known: `first: $n` hides a size from every rule. An operation is measured once for
 * each choice of sizes, not for each request.
 */
export function checkOperation(
  operation: OperationDefinitionNode,
  document: DocumentNode,
  fields: CountedFields,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): GraphQLError | null {
  const given = variables ?? {};
  const sizesOf = (sizing: readonly string[]): string =>
    sizing.map((name) => sizeOf(name, operation, given)).join();
  const before = known.get(operation);
  if (before?.legal.has(sizesOf(before.sizing)) === true) return null;
  const found = measure(operation, document, fields, given);
  const error = tooComplex(found);
  if (error !== null) return error;
  const { sizing, legal } = before ?? { sizing: [...found.sizing], legal: new Set<string>() };
  if (legal.size < MOST_SIZES) legal.add(sizesOf(sizing));
  known.set(operation, { sizing, legal });
  return null;
}
