import type { AutoscalerFacts, DeploymentFacts, PodFacts, VolumeClaimFacts } from '../cluster/facts.ts';
import { toleratesTaint, UNSCHEDULABLE_TAINT } from '../cluster/node-selector.ts';
import { findSurgeHolder } from './surge-label.ts';

export interface SurgeObstacleFacts {
  readonly pod: PodFacts;
  /** Undefined: it no longer exists. */
  readonly deployment: DeploymentFacts | undefined;
  /** Of the Deployment's namespace. */
  readonly autoscalers: readonly AutoscalerFacts[];
  /** Of the Deployment's namespace. */
  readonly claims: readonly VolumeClaimFacts[];
  readonly taskId: string;
}

/**
 * Why a second replica of the Deployment cannot run beside the pod, or would not stay; one phrase each, none when it can. A Deployment that
 * this task has already given a second replica has none: the surge is continued. Pure.
 */
export const findSurgeObstacles = (facts: SurgeObstacleFacts): readonly string[] => {
  const { deployment, taskId } = facts;
  if (deployment === undefined) return ['it no longer exists'];
  const holder = findSurgeHolder(deployment, taskId);
  if (holder === 'ours') return [];
  return [
    ...(holder === 'other' ? ['another task has started a second replica of it'] : []),
    ...findRolloutObstacles(deployment),
    ...findRivals(deployment, facts.autoscalers),
    ...findVolumeObstacles(facts),
    ...(toleratesTaint(facts.pod.tolerations, UNSCHEDULABLE_TAINT)
      ? ['its pods tolerate the cordon, so the second replica may start on the same node']
      : []),
  ];
};

const findRolloutObstacles = (deployment: DeploymentFacts): readonly string[] => {
  const { strategy, paused, generation, observedGeneration, updatedCount, podCount } = deployment;
  const isRollingOut = observedGeneration < generation || updatedCount !== 1 || podCount !== 1;
  return [
    ...(strategy === 'Recreate' ? ['its strategy is Recreate: two of its pods must not run at the same time'] : []),
    ...(paused ? ['its rollout is paused'] : []),
    ...(isRollingOut && !paused ? ['its rollout has not finished'] : []),
  ];
};

/** What writes its replica count, and would set it back to 1. */
const findRivals = (deployment: DeploymentFacts, autoscalers: readonly AutoscalerFacts[]): readonly string[] => {
  const { namespace, name, controller } = deployment;
  const scalers = autoscalers.filter(
    (each) => each.namespace === namespace && each.targetKind === 'Deployment' && each.targetName === name,
  );
  return [
    ...scalers.map((scaler) => `HorizontalPodAutoscaler ${scaler.name} sets its replica count and would undo it`),
    ...(controller === undefined
      ? []
      : [`it is managed by ${controller.kind} ${controller.name}, which would undo it`]),
  ];
};

/** A claim with one of these modes as its only ones can be used on one node at a time. */
const ONE_NODE_MODES: readonly string[] = ['ReadWriteOnce', 'ReadWriteOncePod'];

const findVolumeObstacles = ({ pod, claims }: SurgeObstacleFacts): readonly string[] => {
  // Each pod gets its own generic ephemeral volume.
  const shared = pod.persistentVolumeClaims.filter((name) => !pod.ephemeralClaims.includes(name));
  const held = shared.flatMap((name): readonly string[] => {
    const modes = claims.find((claim) => claim.namespace === pod.namespace && claim.name === name)?.accessModes;
    if (modes === undefined) return [`the access modes of its volume claim ${name} are unknown`];
    if (!modes.every((mode) => ONE_NODE_MODES.includes(mode))) return [];
    return [`its volume claim ${name} is ${modes.join(', ')}: a pod on another node cannot use it at the same time`];
  });
  const disks = pod.inlineDisks.map(({ handle }) => `its disk ${handle} can be attached to one node at a time`);
  return [...held, ...disks];
};
