import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
import type { ResourceAmounts } from '../../domain/cluster/facts.ts';
import { toAmounts } from './resource-quantity.ts';
import type { Wire } from '../transport/wire.ts';

/**
 * The requests that the scheduler counts for a pod (component-helpers `resource.PodRequests`): the larger of the sum of all long-running
 * containers and the peak of the init phase, replaced by pod-level requests where they are set, plus the runtime's overhead.
 */
export const toPodRequests = (spec: Wire<V1PodSpec>): ResourceAmounts => {
  const initPhase = toInitPhase(spec.initContainers ?? []);
  const running = spec.containers.map(toContainerRequests).reduce(addAmounts, initPhase.sidecars);
  const byContainers = takeLarger(running, initPhase.peak);
  const byPod = Object.fromEntries(
    Object.entries(toAmounts(spec.resources?.requests)).filter(([name]) => isPodLevelResource(name)),
  );
  return addAmounts({ ...byContainers, ...byPod }, toAmounts(spec.overhead));
};

interface InitPhase {
  readonly sidecars: ResourceAmounts;
  readonly peak: ResourceAmounts;
}

/** Init containers run one by one, each alongside the sidecars (`restartPolicy: Always`) that started before it. */
const toInitPhase = (containers: readonly Wire<V1Container>[]): InitPhase =>
  containers.reduce<InitPhase>(
    ({ sidecars, peak }, container) => {
      const together = addAmounts(sidecars, toContainerRequests(container));
      return {
        sidecars: container.restartPolicy === 'Always' ? together : sidecars,
        peak: takeLarger(peak, together),
      };
    },
    { sidecars: {}, peak: {} },
  );

const toContainerRequests = (container: Wire<V1Container>): ResourceAmounts => toAmounts(container.resources?.requests);

/** KEP-2837: only these can be requested at pod level. */
const isPodLevelResource = (name: string): boolean =>
  name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

const addAmounts = (left: ResourceAmounts, right: ResourceAmounts): ResourceAmounts =>
  combine(left, right, (one, other) => one + other);

const takeLarger = (left: ResourceAmounts, right: ResourceAmounts): ResourceAmounts => combine(left, right, Math.max);

const combine = (
  left: ResourceAmounts,
  right: ResourceAmounts,
  choose: (one: number, other: number) => number,
): ResourceAmounts =>
  Object.fromEntries(
    [...new Set([...Object.keys(left), ...Object.keys(right)])].map((name) => [
      name,
      choose(left[name] ?? 0, right[name] ?? 0),
    ]),
  );
