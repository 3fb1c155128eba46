import type { Stack } from '../../../stack/stack.ts';
import { budgetCreation, blockRequests, nodeChange, nodeDeletion, type RequestFilter } from './blocked-requests.ts';
import type { Harness, Run } from './harness.ts';
import { awaitEvictions, awaitNodeGone, awaitStep } from './progress.ts';
import { webScene, type Scene } from './scene.ts';

/** One step in which the fault is injected; the open request, if any, then hangs in a webhook. */
export interface CrashScene extends Scene {
  /** Blocked from before the start. */
  readonly blocked?: RequestFilter;
  /** Nothing blocks this run, so it starts only after the others have reached their step. */
  readonly startsLast?: true;
  /** Brings the run to that step and resolves when it has reached it. */
  readonly reach: (harness: Harness, run: Run) => Promise<void>;
}

/** Pods that terminate slowly, and a budget of ours that allows two evictions of eight at a time: some evicted, others waiting. */
const SLOW = { behavior: { terminateAfterMilliseconds: 2000 } };

/** One run in each step, all with their own node, whose names begin with `prefix`. */
export const crashScenes = (prefix: string): readonly CrashScene[] => {
  const of = (step: string): string => `${prefix}-${step.toLowerCase()}`;
  const blocked = (
    step: string,
    toFilter: (nodeName: string) => RequestFilter,
    reach: CrashScene['reach'],
  ): CrashScene => ({
    ...webScene(of(step)),
    blocked: toFilter(of(step)),
    reach,
  });
  return [
    {
      ...webScene(of('evict'), { replicas: 8, pod: SLOW }),
      startsLast: true,
      reach: (harness) => awaitEvictions(harness, of('evict'), 'web', 3),
    },
    blocked('preflight', nodeDeletion, (harness, run) => awaitStep(harness, run, of('preflight'), 'preflight')),
    blocked(
      'budgets',
      (nodeName) => budgetCreation(nodeName, 'web-pdb'),
      (harness, run) => awaitStep(harness, run, of('budgets'), 'budgets'),
    ),
    blocked(
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

/** Starts the blocks of the scenes. @returns a function that releases them */
export const blockScenes = async (
  stack: Stack,
  scenes: readonly CrashScene[],
  url: string,
): Promise<() => Promise<void>> => {
  const wanted = scenes.flatMap(({ blocked }) => (blocked ? [blocked] : []));
  const blocks = await Promise.all(wanted.map((each) => blockRequests(stack, each, url)));
  return async () => {
    await Promise.all(blocks.map((block) => block.release()));
  };
};
