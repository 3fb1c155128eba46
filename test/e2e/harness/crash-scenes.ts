import type { Stack } from '../../../stack/stack.ts';
import { budgetCreation, holdRequests, nodeChange, nodeDeletion, type HeldRequests } from './admission-hold.ts';
import type { Harness, Run } from './harness.ts';
import { awaitEvictions, awaitNodeGone, awaitStep } from './progress.ts';
import { webScene, type Scene } from './scene.ts';

/** One step in which the fault strikes; the request that is under way then hangs in a webhook where there is one. */
export interface CrashScene extends Scene {
  /** Held from before the start. */
  readonly held?: HeldRequests;
  /** Brings the run there; resolves when it is there for certain. */
  readonly reach: (harness: Harness, run: Run) => Promise<void>;
}

/** Pods that take a while to go, and a budget of ours that lets two of eight go at a time: some evicted, others waiting. */
const SLOW = { behavior: { terminateAfterMilliseconds: 2000 } };

/** One run in each step, all with their own node, whose names begin with `prefix`. */
export const crashScenes = (prefix: string): readonly CrashScene[] => {
  const of = (step: string): string => `${prefix}-${step.toLowerCase()}`;
  const held = (step: string, toHeld: (nodeName: string) => HeldRequests, reach: CrashScene['reach']): CrashScene => ({
    ...webScene(of(step)),
    held: toHeld(of(step)),
    reach,
  });
  return [
    {
      ...webScene(of('evict'), { replicas: 8, pod: SLOW }),
      reach: (harness) => awaitEvictions(harness, of('evict'), 'web', 3),
    },
    held('preflight', nodeDeletion, (harness, run) => awaitStep(harness, run, of('preflight'), 'preflight')),
    held(
      'budgets',
      (nodeName) => budgetCreation(nodeName, 'web-pdb'),
      (harness, run) => awaitStep(harness, run, of('budgets'), 'budgets'),
    ),
    held(
      'cordon',
      (nodeName) => nodeChange(nodeName, { cordonOnly: true }),
      (harness, run) => awaitStep(harness, run, of('cordon'), 'cordon'),
    ),
    {
      ...webScene(of('deleteNode')),
      reach: (harness) => awaitNodeGone(harness, of('deleteNode')),
    },
  ];
};

/** Puts the holds of the scenes in force. Gives what takes them away again. */
export const holdScenes = async (
  stack: Stack,
  scenes: readonly CrashScene[],
  url: string,
): Promise<() => Promise<void>> => {
  const wanted = scenes.flatMap(({ held }) => (held ? [held] : []));
  const holds = await Promise.all(wanted.map((each) => holdRequests(stack, each, url)));
  return async () => {
    await Promise.all(holds.map((hold) => hold.release()));
  };
};
