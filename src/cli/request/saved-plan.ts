import { writeFile } from 'node:fs/promises';
import type { DecommissionPlan } from '../../domain/plan/decommission-plan.ts';
import type { DecommissionRequestInput } from '../../domain/request/schema/request-input.ts';
import type { PlanBasis } from '../../domain/plan/plan-basis.ts';
import { toPlanBasis } from '../../domain/plan/to-plan-basis.ts';
import { toCanonicalKey } from '../../domain/request/keys.ts';
import { readErrorCode } from '../../domain/text/error-code.ts';
import { isJsonObject } from '../../domain/text/json-text.ts';
import { CliFailure, toUsageFailure } from '../cli-failure.ts';
import { readRequestFile } from './read-request-file.ts';

/** What `plan --out` writes: the request, what the plan rests on, and the plan for its reader. */
interface SavedPlan {
  readonly version: 1;
  /** As a client sends it. */
  readonly request: DecommissionRequestInput;
  readonly expectedPlan: PlanBasis;
  readonly plan: DecommissionPlan;
}

/**
 * Writes the plan to a new or existing file.
 * @throws CliFailure `PlanNotSaved`: the file cannot be written.
 */
export const writeSavedPlan = async (
  path: string,
  request: DecommissionRequestInput,
  plan: DecommissionPlan,
): Promise<void> => {
  const saved: SavedPlan = { version: 1, request, expectedPlan: toPlanBasis(plan), plan };
  try {
    await writeFile(path, `${JSON.stringify(saved, undefined, 2)}\n`);
  } catch (error) {
    const cause = readErrorCode(error) ?? 'unwritable';
    throw new CliFailure('PlanNotSaved', `cannot write the plan to ${path} (${cause}).`, 1);
  }
};

/**
 * The request of a saved plan, held to that plan. Who requests it is who starts it, not who planned it.
 * @throws CliFailure `Usage`: the file cannot be read, or `plan --out` did not write it.
 */
export const readSavedPlan = async (
  path: string,
  stdin: AsyncIterable<Buffer | string>,
): Promise<Record<string, unknown>> => {
  const saved = await readRequestFile(path, stdin);
  if (!isJsonObject(saved) || saved['version'] !== 1 || !isJsonObject(saved['request']) || !('expectedPlan' in saved)) {
    throw toUsageFailure(`${path} is not a plan of this version: write one with \`plan --out ${path}\`.`);
  }
  const request = Object.entries(saved['request']).filter(([key]) => toCanonicalKey(key) !== 'requestedBy');
  return { ...Object.fromEntries(request), expectedPlan: saved['expectedPlan'] };
};
