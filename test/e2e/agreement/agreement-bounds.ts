import type { Agreement } from './count-agreement.ts';

/**
 * Shares of wrong verdicts that are tolerated, of the pods with this verdict: the goals of docs/preflight.md. One wrong pod is always
 * tolerated: in ten clusters the goals are less than one pod, and a share that is reached in hundreds exceeds them now and then.
 */
const TOLERATED = { fitsLeftPending: 0.005, doesNotFitPlaced: 0.02, placedBeforeDeletion: 0.02, otherReasons: 0.02 };
/**
 * Of all pods: more that are likely or unknown would make verdicts that are always right worthless, fewer that do not fit the clusters too
 * easy. These are goals for hundreds of clusters. In ten, two full clusters double the first share.
 */
const SHARES = { maxUndecided: 0.1, minNotFitting: 0.25 };
const SHARES_OF_FEW = { maxUndecided: 0.25, minNotFitting: 0.15 };
const MANY_PODS = 1_000;

/** What exceeds the bounds; empty when the verdicts agree with the running scheduler. */
export const listDisagreements = (agreement: Agreement): readonly string[] => {
  const { pods, doesNotFit, likely, unknown } = agreement;
  const { maxUndecided, minNotFitting } = pods >= MANY_PODS ? SHARES : SHARES_OF_FEW;
  return [
    ...listWrongVerdicts(agreement),
    ...(likely + unknown > maxUndecided * pods ? [`likely or unknown: ${likely + unknown} of ${pods}`] : []),
    ...(doesNotFit < minNotFitting * pods ? [`doesNotFit: only ${doesNotFit} of ${pods}`] : []),
  ];
};

export const hasWrongVerdicts = (agreement: Agreement): boolean => listWrongVerdicts(agreement).length > 0;

const listWrongVerdicts = (agreement: Agreement): readonly string[] => {
  const { fits, doesNotFit, afterDeletion } = agreement;
  const judged = {
    fitsLeftPending: fits + afterDeletion,
    doesNotFitPlaced: doesNotFit,
    placedBeforeDeletion: doesNotFit + afterDeletion,
    otherReasons: doesNotFit,
  };
  const keys = Object.keys(TOLERATED) as (keyof typeof TOLERATED)[];
  return keys
    .filter((key) => agreement[key] > Math.max(1, TOLERATED[key] * judged[key]))
    .map((key) => `${key}: ${agreement[key]} of ${judged[key]}`);
};

/** Plugins that can reject a pod with the default profile, except NodeName: a pod with a node is never scheduled. */
export const PLUGINS = [
  'NodeUnschedulable',
  'TaintToleration',
  'NodeAffinity',
  'NodePorts',
  'NodeResourcesFit',
  'VolumeRestrictions',
  'NodeVolumeLimits',
  'VolumeBinding',
  'VolumeZone',
  'PodTopologySpread',
  'InterPodAffinity',
  'NodeDeclaredFeatures',
  'DynamicResources',
] as const;

/**
 * Too few pods to show that a plugin is missing: another one may reject the same pods, and one wrong verdict is tolerated. `npm run test:long` has
 * enough for every plugin.
 */
export const FEW_PODS = 10;
