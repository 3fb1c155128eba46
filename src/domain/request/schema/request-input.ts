import type { DecommissionRequest } from '../decommission-request.ts';
import type { KeyReader } from './json-schema.ts';
import type { RequestKey } from '../keys.ts';
import type { REQUEST_READERS } from '../read-request-fields.ts';

type Readers = typeof REQUEST_READERS;

type InputOf<Key extends RequestKey> = Readers[Key] extends KeyReader<infer _Value, infer Input> ? Input : never;

/**
 * The request as a caller writes it: exactly what the parser takes, under the canonical names of its keys. Keys that are omitted, `null` or
 * `undefined` have the default of the README's table. The parser also takes the snake-case spelling of each key and a few older names; they
 * are for JSON of other clients and have no type.
 */
export type DecommissionRequestInput = {
  /** Different names of Nodes, at least one. */
  readonly nodeNames: InputOf<'nodeNames'>;
} & {
  // Mapped from the request, so that its docstrings are kept.
  readonly [Key in keyof Pick<DecommissionRequest, Exclude<RequestKey, 'nodeNames'>>]?: InputOf<Key> | null | undefined;
};
