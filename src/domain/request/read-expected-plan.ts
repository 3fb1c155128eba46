import type { NodeBasis, PlanBasis } from '../plan/plan-basis.ts';
import { isJsonObject, type JsonObject } from '../text/json-text.ts';
import { accept, refuse } from './field.ts';
import { describeReader, type KeyReader } from './schema/json-schema.ts';

/** The request is part of several payloads, which Temporal limits to 2 MB each. */
const MAXIMUM_CHARACTERS = 200_000;

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

const HOW = 'take it unchanged from a file that `plan --out` wrote';

const COUNTS = { type: 'object', additionalProperties: { type: 'integer' } };
const TEXTS = { type: 'array', items: { type: 'string' } };
const NODE = {
  type: 'object',
  required: ['nodeName', 'nodeUid', 'leavingPods'],
  properties: { nodeName: { type: 'string' }, nodeUid: { type: 'string' }, leavingPods: COUNTS, touched: TEXTS },
};
/** The program that wrote it may have written more: unknown keys are accepted. */
const SCHEMA = {
  type: 'object',
  required: ['version', 'createdAt', 'kubeSystemUid', 'nodes', 'budgets', 'findings'],
  properties: {
    version: { const: 1 },
    createdAt: { type: 'string', pattern: RFC_3339.source },
    kubeSystemUid: { type: 'string' },
    nodes: { type: 'array', items: NODE },
    budgets: TEXTS,
    findings: COUNTS,
  },
};

/** The part `expectedPlan` of a file that `plan --out` wrote. */
export const readExpectedPlan: KeyReader<PlanBasis> = describeReader(SCHEMA, (value) => {
  if (!isJsonObject(value)) return refuse(`must be an object; ${HOW}`);
  if (value['version'] !== 1) return refuse(`must have version 1, the only one that this program knows; ${HOW}`);
  if (JSON.stringify(value).length > MAXIMUM_CHARACTERS) {
    return refuse(`must have at most ${MAXIMUM_CHARACTERS} characters: plan fewer nodes at a time`);
  }
  return isPlanBasis(value) ? accept(value as unknown as PlanBasis) : refuse(`is incomplete; ${HOW}`);
});

const isPlanBasis = ({ createdAt, kubeSystemUid, nodes, budgets, findings }: JsonObject): boolean =>
  typeof createdAt === 'string' &&
  RFC_3339.test(createdAt) &&
  typeof kubeSystemUid === 'string' &&
  Array.isArray(nodes) &&
  nodes.every(isNodeBasis) &&
  isTextList(budgets) &&
  isCounts(findings);

const isNodeBasis = (value: unknown): value is NodeBasis =>
  isJsonObject(value) &&
  typeof value['nodeName'] === 'string' &&
  typeof value['nodeUid'] === 'string' &&
  isCounts(value['leavingPods']) &&
  (value['touched'] === undefined || isTextList(value['touched']));

const isTextList = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');

const isCounts = (value: unknown): boolean =>
  isJsonObject(value) && Object.values(value).every((count) => Number.isSafeInteger(count));
