import type { Agreement } from './count-agreement.ts';

/**
 * Shares of wrong verdicts that are tolerated, of the pods with this verdict: the goals of docs/preflight.md. One wrong pod is always
 * tolerated: in fifteen clusters the goals are less than one pod, and a share that is reached in hundreds exceeds them now and then.
 */
const TOLERATED = { fitsLeftPending: 0.005, doesNotFitPlaced: 0.02, placedBeforeDeletion: 0.02, otherReasons: 0.02 };
/** Of all pods: more would make verdicts that are always right worthless. */
const MAX_UNDECIDED = 0.1;
/** Of all pods: fewer would make the clusters too easy. */
const MIN_NOT_FITTING = 0.25;

/** What exceeds the bounds; empty when the verdicts agree with the running scheduler. */
export const listDisagreements = (agreement: Agreement): readonly string[] => {
  const { pods, doesNotFit, likely, unknown } = agreement;
  return [
    ...listWrongVerdicts(agreement),
    ...(likely + unknown > MAX_UNDECIDED * pods ? [`likely or unknown: ${likely + unknown} of ${pods}`] : []),
    ...(doesNotFit < MIN_NOT_FITTING * pods ? [`doesNotFit: only ${doesNotFit} of ${pods}`] : []),
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

/** Too few pods to show that a plugin is missing. */
export const FEW_PODS = 4;
