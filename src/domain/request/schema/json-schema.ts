import type { JsonObject } from '../../text/json-text.ts';
import type { FieldReader } from '../field-reader.ts';

/** JSON Schema, draft 2020-12. */
export type JsonSchema = JsonObject;

declare const INPUT: unique symbol;

/** A reader of one value of a request, and the schema of exactly the values that it accepts. `Input`: their type for a caller. */
export type KeyReader<Value, Input = Value> = FieldReader<Value> & {
  readonly schema: JsonSchema;
  /** For types only. */
  readonly [INPUT]?: Input;
};

/** Joins a reader with the schema of what it accepts. */
export const describeReader = <Value, Input = Value>(
  schema: JsonSchema,
  read: FieldReader<Value>,
): KeyReader<Value, Input> => Object.assign((value: unknown) => read(value), { schema });

/** The schema of either. */
export const anyOf = (...schemas: readonly JsonSchema[]): JsonSchema => ({ anyOf: schemas });

/** The same schema for an optional key: `null` counts as absent, because Go clients send it for omitted fields. */
export const orNull = (schema: JsonSchema): JsonSchema => {
  const { type, enum: words, anyOf: schemas, ...rest } = schema;
  if (Array.isArray(schemas)) return { ...rest, anyOf: [...(schemas as readonly unknown[]), { type: 'null' }] };
  if (Array.isArray(words)) return { ...rest, enum: [...(words as readonly unknown[]), null] };
  return { ...rest, type: [type, 'null'] };
};
