import type { NodeBasis, PlanBasis } from '../plan/plan-basis.ts';
import { isJsonObject, type JsonObject } from '../text/json-text.ts';
import { accept, refuse, type FieldReader } from './field.ts';

/** The request is part of several payloads, which Temporal limits to 2 MB each. */
const MAXIMUM_CHARACTERS = 200_000;

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

const HOW = 'take it unchanged from a file that `plan --out` wrote';

/** The part `expectedPlan` of a file that `plan --out` wrote. */
export const readExpectedPlan: FieldReader<PlanBasis> = (value) => {
  if (!isJsonObject(value)) return refuse(`must be an object; ${HOW}`);
  if (value['version'] !== 1) return refuse(`must have version 1, the only one that this program knows; ${HOW}`);
  if (JSON.stringify(value).length > MAXIMUM_CHARACTERS) {
    return refuse(`must have at most ${MAXIMUM_CHARACTERS} characters: plan fewer nodes at a time`);
  }
  return isPlanBasis(value) ? accept(value as unknown as PlanBasis) : refuse(`is incomplete; ${HOW}`);
};

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
