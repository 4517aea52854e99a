import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { isObjectType } from 'graphql';
import { getMetadataStorage } from 'type-graphql';
import type { Context } from './context.js';

/** Of type-graphql's metadata what is needed of a method that answers a field. */
type Method = Pick<
  ReturnType<typeof getMetadataStorage>['queries'][number],
  'target' | 'methodName' | 'schemaName' | 'params' | 'middlewares' | 'roles'
>;
type Param = NonNullable<Method['params']>[number];
type Resolve = GraphQLFieldResolver<unknown, Context, Record<string, unknown>>;

/**
 * Lets the fields of a type-graphql schema call the methods that answer them with what graphql-js read. type-graphql's
 * own way makes a promise for each argument, to check what is not checked here, and copies inputs into classes that have
 * no methods.
 *
 * @throws Error for a method that needs that way: middlewares, roles or other parameters.
 */
export function callDirectly(schema: GraphQLSchema): GraphQLSchema {
  const { queries, mutations, fieldResolvers } = getMetadataStorage();
  const instances = new Map<unknown, object>();
  const set = (type: string | undefined, method: Method): void => {
    const owner = schema.getType(type ?? '');
    const field = isObjectType(owner) ? owner.getFields()[method.schemaName] : undefined;
    // The metadata are of all schemas of the process: another one may have fields that this one lacks.
    if (field !== undefined) field.resolve = resolverOf(method, instances);
  };
  for (const method of queries) set(schema.getQueryType()?.name, method);
  for (const method of mutations) set(schema.getMutationType()?.name, method);
  const names = new Map(getMetadataStorage().objectTypes.map(({ target, name }) => [target, name]));
  for (const method of fieldResolvers)
    if (method.kind === 'external') set(names.get(method.getObjectType?.() as never), method);
  return schema;
}

function resolverOf(method: Method, instances: Map<unknown, object>): Resolve {
  const { target, methodName, params = [], middlewares = [], roles } = method;
  const name = `${target.name}.${methodName}`;
  if (middlewares.length > 0 || roles !== undefined) throw new Error(`${name} has middlewares or roles`);
  const instance = instances.get(target) ?? new (target as new () => object)();
  instances.set(target, instance);
  const call = (instance as Record<string, (...values: unknown[]) => unknown>)[methodName]!.bind(instance);
  const readers = params.toSorted((a, b) => a.index - b.index).map((param) => readerOf(param, name));
  return (root, args, context) => {
    const values: unknown[] = [];
    for (let i = 0; i < readers.length; i++) values.push(readers[i]!(root, args, context));
    return call(...values);
  };
}

type Reader = (root: unknown, args: Record<string, unknown>, context: Context) => unknown;

function readerOf(param: Param, method: string): Reader {
  if (param.kind === 'arg') {
    const { name } = param;
    return (_root, args) => args[name];
  }
  if (param.kind === 'context' && param.propertyName === undefined) return (_root, _args, context) => context;
  if (param.kind === 'root' && param.propertyName === undefined) return (root) => root;
  throw new Error(`${method} has a parameter that is no @Arg, @Ctx() or @Root()`);
}
