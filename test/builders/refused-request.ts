import { expect } from '@jest/globals';
import { parseRequest } from '../../src/domain/request/parse-request.ts';
import type { RequestProblem } from '../../src/domain/request/field.ts';

/** The name of the case, the keys that make a valid request invalid, and the resulting message. */
export type Refusal = [name: string, given: Record<string, unknown>, message: string];

export const goodRequest = { nodeNames: ['node-1'], hostCleanup: 'skip' };

/** Empty when the request is valid. */
export const problemsOf = (input: unknown): readonly RequestProblem[] => {
  const parsed = parseRequest(input);
  return parsed.kind === 'invalid' ? parsed.problems : [];
};

/** The only message for a request that is valid except for these keys. */
export const messageFor = (given: Record<string, unknown>): string => {
  const problems = problemsOf({ ...goodRequest, ...given });
  expect(problems).toHaveLength(1);
  return problems[0]?.message ?? '';
};
