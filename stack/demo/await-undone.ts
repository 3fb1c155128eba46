import { awaitCondition } from '../processes/await-condition.ts';
import type { Stack } from '../stack.ts';
import { readNodeAndBudgets } from './proofs.ts';

/**
 * Waits until node and budgets are as they were: the node lifecycle controller takes its own taint off a moment after an uncordon.
 * @param before of `readNodeAndBudgets`
 * @returns what they are in the end, also when it differs: the proof shows that
 */
export const awaitUndone = async (stack: Stack, nodeName: string, before: string): Promise<string> => {
  let after = '';
  await awaitCondition(
    `node ${nodeName} is as before`,
    async () => {
      after = await readNodeAndBudgets(stack, nodeName);
      return after === before;
    },
    { timeoutMilliseconds: 60_000 },
  ).catch(() => undefined);
  return after;
};
