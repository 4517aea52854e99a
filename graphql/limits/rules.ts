import {
  GraphQLError,
  Kind,
  type DocumentNode,
  type OperationDefinitionNode,
  type ValidationRule,
} from 'graphql';
import { LIMIT } from '../errors.js';
import type { CountedFields } from './fields.js';
import { LIMITS, measure, type Measure } from './measure.js';

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

/** Operations in which no size is a variable: the rule has measured them, whatever the variables are. */
const measured = new WeakSet<OperationDefinitionNode>();

/** The same once the variables are known: `first: $n` hides a size from every rule. */
export function checkOperation(
  operation: OperationDefinitionNode,
  document: DocumentNode,
  fields: CountedFields,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): GraphQLError | null {
  if (measured.has(operation)) return null;
  const found = measure(operation, document, fields, variables ?? {});
  const error = tooComplex(found);
  if (error === null && !found.sizedByVariables) measured.add(operation);
  return error;
}
