import type { JudgedPlacement, JudgedPlacements } from '../../src/domain/scheduling/judged-placement.ts';
import type { NoPlace } from '../../src/domain/scheduling/placement-trial.ts';

/** The sentence and the plugins with which the scheduler rejects a pod; default: too little cpu on the one other node. */
export const noPlace = (overrides: Partial<NoPlace> = {}): NoPlace => ({
  message: '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.',
  plugins: ['NodeResourcesFit', 'NodeUnschedulable'],
  isPlacedByPreemption: false,
  ...overrides,
});

/** Has a place in no trial. */
export const unplaced = (
  rejection: NoPlace = noPlace(),
  overrides: Partial<JudgedPlacement> = {},
): JudgedPlacement => ({
  verdict: 'doesNotFit',
  message: rejection.message,
  rejection,
  ...overrides,
});

/** Has a place in some trials. */
export const likely = (overrides: Partial<JudgedPlacement> = {}): JudgedPlacement => ({
  verdict: 'likely',
  nodeName: 'node-2',
  message: 'has a place in 5 of 12 trials, else none: 0/2 nodes are available: 1 Insufficient cpu',
  rejection: noPlace(),
  ...overrides,
});

/** Only the removed nodes satisfy its node selector. */
export const pinned = (reason = "1 node(s) didn't match Pod's node affinity/selector"): JudgedPlacement =>
  unplaced(
    noPlace({
      message: `0/2 nodes are available: ${reason}, 1 node(s) were unschedulable.`,
      plugins: ['NodeAffinity'],
    }),
    {
      pinMessage: `0/1 nodes are available: ${reason}.`,
    },
  );

/** These placements by the UID of a pod of `default`, by its name. */
export const placements = (
  byName: Readonly<Record<string, JudgedPlacement>>,
  overrides: Partial<JudgedPlacements> = {},
): JudgedPlacements => ({
  byUid: Object.fromEntries(Object.entries(byName).map(([name, placement]) => [`uid-default-${name}`, placement])),
  unplacedAtBest: [],
  trialCount: 12,
  ...overrides,
});
