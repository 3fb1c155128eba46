import { awaitCondition } from '../processes/await-condition.ts';
import type { Stack } from '../stack.ts';
import { readNodeAndBudgets } from './proofs.ts';

/**
 * Waits until node and budgets are as before: the node lifecycle controller removes its own taint a moment after an uncordon.
 * @param before the result of `readNodeAndBudgets`
 * @returns their final state, even if it differs: the proof reports the difference
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
