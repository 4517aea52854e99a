import {
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import { COSTS, OBJECT, TEXT, VALUE, WORD, type FieldCost } from './costs.js';

/** What the measure of a query has to know of a field. Costs are in microseconds of CPU. */
export interface CountedField {
  /** Name of the type of what it gives, without lists. */
  readonly type: string;
  readonly weight: number;
  /** Of what it gives, or of each entry. */
  readonly entry: number;
  readonly isList: boolean;
  /** Entries where the query has no `first` or `last`; null: as many as those of the field above it allow. */
  readonly size: number | null;
  readonly slicing: { readonly argument: string; readonly size: number } | null;
  readonly entries: FieldCost['entries'];
}

/** By type, then by name of the field. */
export type CountedFields = ReadonlyMap<string, ReadonlyMap<string, CountedField>>;

/** Entries where an argument sizes a list and has no default. */
const FIRST = 20;

export function countedFields(schema: GraphQLSchema): CountedFields {
  const types = new Map<string, Map<string, CountedField>>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    const meta = type === schema.getQueryType() ? [SchemaMetaFieldDef, TypeMetaFieldDef] : [];
    const fields = [...Object.values(type.getFields()), ...meta];
    types.set(type.name, new Map(fields.map((field) => [field.name, counted(type.name, field)])));
  }
  return types;
}

function counted(type: string, { name, type: gives, args }: GraphQLField<unknown, unknown>): CountedField {
  const { weight, size, slicing, entries }: FieldCost = COSTS[`${type}.${name}`] ?? {};
  const isList = isListType(getNullableType(gives));
  const isLeaf = isLeafType(getNamedType(gives));
  const sizing = args.filter((one) => one.name === 'first' || one.name === 'last');
  const byDefault = sizing.map(({ defaultValue }) => defaultValue).find((value) => typeof value === 'number');
  return {
    type: getNamedType(gives).name,
    weight: weight ?? (isText(getNamedType(gives)) && !isList ? TEXT : isLeaf || isList ? VALUE : 0),
    entry: isList ? (isLeaf ? WORD : OBJECT) : isLeaf ? 0 : OBJECT,
    isList,
    size:
      slicing === undefined && size !== undefined
        ? size
        : sizing.length === 0
          ? null
          : ((byDefault as number | undefined) ?? FIRST),
    slicing: slicing === undefined ? null : { argument: slicing, size: size ?? FIRST },
    entries,
  };
}

export function isText({ name }: GraphQLNamedType): boolean {
  return name === 'String' || name === 'ID';
}
