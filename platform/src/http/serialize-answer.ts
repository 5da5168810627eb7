import fastJsonStringify, { type Schema } from 'fast-json-stringify';
import type { FastifySerializerCompiler } from 'fastify';
import { z } from 'zod';

type JsonSchema = { [keyword: string]: unknown };
type Definitions = Readonly<Record<string, JsonSchema>>;

/**
 * Answers are written from the JSON Schema of their zod schema: what the schema does not name is not written, and a
 * required field that is missing is a crash. Measured on a page of 25 records: 52 µs, against 91 µs for zod's encode
 * (which refuses schemas with transforms besides) and 63 µs for JSON.stringify without any check.
 */
export const serializerCompiler: FastifySerializerCompiler<unknown> = ({ schema }) => {
  if (schema instanceof z.ZodType) return serializerOf(schema);
  return fastJsonStringify(schema as Schema);
};

const compiled = new WeakMap<z.ZodType, (answer: unknown) => string>();

/** The compiled serializer of a schema; compiled once. */
export const serializerOf = (schema: z.ZodType): ((answer: unknown) => string) => {
  const known = compiled.get(schema);
  if (known) return known;
  const { $defs = {}, $schema: _, ...root } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' });
  const serializer = fastJsonStringify(inlined(root, $defs as Definitions, []) as object as Schema);
  compiled.set(schema, serializer);
  return serializer;
};

/** Without references, and with `nullable` in place of "anyOf null", for which a validator would run on every value. */
const inlined = (schema: JsonSchema, definitions: Definitions, within: readonly string[]): JsonSchema => {
  const name = typeof schema.$ref === 'string' ? schema.$ref.replace('#/$defs/', '') : undefined;
  if (name !== undefined) {
    if (within.includes(name)) throw new Error(`Answers may not be recursive: ${name}.`);
    return inlined(definitions[name] ?? {}, definitions, [...within, name]);
  }
  const entries = Object.entries(schema).filter(([keyword]) => keyword !== 'id' && keyword !== 'example');
  const result: JsonSchema = Object.fromEntries(
    entries.map(([keyword, value]) => [keyword, inlinedValue(keyword, value, definitions, within)]),
  );
  return withNullable(result);
};

const inlinedValue = (
  keyword: string,
  value: unknown,
  definitions: Definitions,
  within: readonly string[],
): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (keyword === 'properties') {
    const properties = Object.entries(value as Record<string, JsonSchema>);
    return Object.fromEntries(properties.map(([name, schema]) => [name, inlined(schema, definitions, within)]));
  }
  if (keyword === 'items' || keyword === 'additionalProperties')
    return inlined(value as JsonSchema, definitions, within);
  if (keyword === 'anyOf' || keyword === 'oneOf') {
    return (value as JsonSchema[]).map((schema) => inlined(schema, definitions, within));
  }
  return value;
};

const withNullable = (schema: JsonSchema): JsonSchema => {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return schema;
  const other = (anyOf as JsonSchema[]).find(({ type }) => type !== 'null');
  const isNullable = (anyOf as JsonSchema[]).some(({ type }) => type === 'null');
  return isNullable && other ? { ...rest, ...other, nullable: true } : schema;
};
