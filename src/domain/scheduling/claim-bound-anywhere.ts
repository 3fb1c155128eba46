import type { PodFacts } from '../cluster/facts.ts';
import type { SchedulerFacts, SchedulerObject } from './scheduler-facts.ts';
import { toObject } from './template-fields.ts';

/**
 * A claim of the pod whose new volume is created before the pod is scheduled, anywhere: its class does not wait for the first consumer.
 * Undefined when there is none.
 */
export const findClaimBoundAnywhere = (objects: SchedulerFacts['objects'], pod: PodFacts): string | undefined => {
  const claims = objects['PersistentVolumeClaim'] ?? [];
  return pod.ephemeralClaims.find((name) => {
    const claim = claims.find((each) => toKey(each) === `${pod.namespace}/${name}`);
    const className = toObject(claim?.['spec'])['storageClassName'];
    const found = (objects['StorageClass'] ?? []).find((each) => toObject(each['metadata'])['name'] === className);
    return found?.['volumeBindingMode'] !== 'WaitForFirstConsumer';
  });
};

const toKey = ({ metadata }: SchedulerObject): string => {
  const { namespace, name } = toObject(metadata);
  return `${String(namespace)}/${String(name)}`;
};
