import { Kind, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';

/** An operation as measurements, traces and logs name it. */
export interface Described {
  /** query, mutation or subscription. */
  readonly operation: string;
  /** The client's name for it. */
  readonly name: string | undefined;
  /** Its root fields as the schema has them; those in fragments are left out. */
  readonly fields: readonly string[];
}

/** What describes operations: each once, as parsed documents are kept. */
export function describing(schema: GraphQLSchema): (operation: OperationDefinitionNode) => Described {
  const known = new WeakMap<OperationDefinitionNode, Described>();
  return (node) => {
    const before = known.get(node);
    if (before !== undefined) return before;
    const legal = schema.getRootType(node.operation)?.getFields() ?? {};
    const fields = node.selectionSet.selections.flatMap((one) =>
      one.kind === Kind.FIELD && Object.hasOwn(legal, one.name.value) ? [one.name.value] : [],
    );
    const described = { operation: node.operation, name: node.name?.value, fields };
    known.set(node, described);
    return described;
  };
}
