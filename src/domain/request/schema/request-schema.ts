import type { JsonObject } from '../../text/json-text.ts';
import { REQUEST_DEFAULTS } from '../defaults.ts';
import { REQUEST_DESCRIPTIONS } from './descriptions.ts';
import { orNull, type JsonSchema } from './json-schema.ts';
import { REQUEST_KEYS, type RequestKey } from '../keys.ts';
import { REQUEST_READERS } from '../read-request-fields.ts';

const NONE_DEFAULTS: Readonly<Partial<Record<RequestKey, unknown>>> = { gracePeriodSeconds: -1 };

const toKeySchema = (key: RequestKey): JsonSchema => {
  const { schema } = REQUEST_READERS[key];
  const fallback = { ...REQUEST_DEFAULTS, ...NONE_DEFAULTS }[key as keyof typeof REQUEST_DEFAULTS];
  return {
    description: REQUEST_DESCRIPTIONS[key],
    ...(key === 'nodeNames' ? schema : orNull(schema)),
    ...(fallback === undefined ? {} : { default: fallback }),
  };
};

/**
 * JSON Schema of a request, made from the readers that validate it. It has the canonical names of the keys only, no limit for the size of the
 * whole request, and not which keys need each other. Pure.
 */
export const toRequestSchema = (): JsonObject => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A request of node-decommission',
  description:
    'The argument of the workflow decommissionNodes, and what `-f` reads. The snake-case spelling of each key and some older names are also accepted, and are not part of this schema.',
  type: 'object',
  required: ['nodeNames'],
  additionalProperties: false,
  properties: Object.fromEntries(REQUEST_KEYS.map((key) => [key, toKeySchema(key)])),
});
