import type { V1Deployment } from '@kubernetes/client-node';
import type { DeploymentFacts } from '../../domain/cluster/facts.ts';
import type { Wire } from '../transport/wire.ts';
import { toLabelSelector } from './to-label-selector.ts';
import { toController, toIdentity } from './to-metadata.ts';

type Deployment = Wire<V1Deployment>;

export const toDeploymentFacts = (deployment: Deployment): DeploymentFacts => {
  const { metadata } = deployment;
  const controller = toController(metadata);
  return {
    ...toIdentity(metadata),
    labels: metadata?.labels ?? {},
    ...(controller === undefined ? {} : { controller }),
    generation: toCount(metadata?.generation),
    ...toSpecFacts(deployment),
    ...toStatusFacts(deployment),
  };
};

type SpecFacts = Pick<DeploymentFacts, 'selector' | 'replicas' | 'strategy' | 'paused'>;

/** An absent count is 1. */
const toSpecFacts = ({ spec }: Deployment): SpecFacts => {
  const selector = toLabelSelector(spec?.selector);
  return {
    ...(selector === undefined ? {} : { selector }),
    replicas: spec?.replicas ?? 1,
    strategy: spec?.strategy?.type ?? 'RollingUpdate',
    paused: spec?.paused === true,
  };
};

type CountFacts = Pick<
  DeploymentFacts,
  'observedGeneration' | 'podCount' | 'updatedCount' | 'readyCount' | 'availableCount'
>;
type StatusFacts = CountFacts & Pick<DeploymentFacts, 'replicaFailure'>;

const toStatusFacts = ({ status = {} }: Deployment): StatusFacts => {
  const failure = status.conditions?.find((condition) => condition.type === 'ReplicaFailure');
  const message = failure?.status === 'True' ? failure.message : undefined;
  return {
    observedGeneration: toCount(status.observedGeneration),
    podCount: toCount(status.replicas),
    updatedCount: toCount(status.updatedReplicas),
    readyCount: toCount(status.readyReplicas),
    availableCount: toCount(status.availableReplicas),
    ...(message === undefined ? {} : { replicaFailure: message }),
  };
};

/** The API server omits counts of 0. */
const toCount = (value: number | undefined): number => value ?? 0;
