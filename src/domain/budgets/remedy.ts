import type { DisruptionBudgetFacts } from '../cluster/facts.ts';
import { toCountText } from '../text/counts.ts';
import { findOperatorAdvice } from './operator-advice.ts';

export interface BlockedBudget {
  readonly budget: DisruptionBudgetFacts;
  /** How many pods there are when all replicas are healthy. */
  readonly possiblePods: number;
  /** Pods under it that cannot start. */
  readonly failingPods: number;
  /** Pods to evict that are not Ready and that its policy blocks. */
  readonly unreadyPods: number;
  /** The run would create it. */
  readonly isPlanned: boolean;
}

/**
 * Whom to ask for which change, so that a budget that allows nothing allows an eviction, e.g. `ask its owner (Helm release shop/web) to set
 * its maxUnavailable to 1`. Pure.
 */
export const toRemedy = (blocked: BlockedBudget): string =>
  blocked.isPlanned
    ? `${toRepair(blocked)[0] ?? 'wait until its pods are healthy'}, or set a higher maxUnavailable for the run`
    : (findOperatorAdvice(blocked.budget)?.remedy ??
      `ask its owner${toManagerText(blocked.budget)} to ${toChange(blocked)}${toPolicyChange(blocked)}`);

/** Serves no traffic, so that its owner can allow it without an outage (KEP-3017). */
const toPolicyChange = ({ unreadyPods }: BlockedBudget): string =>
  unreadyPods === 0
    ? ''
    : `, or to set its unhealthyPodEvictionPolicy to AlwaysAllow, which allows to evict the ${toCountText(unreadyPods, 'pod')} that ${unreadyPods === 1 ? 'is' : 'are'} not Ready`;

const toRepair = ({ failingPods }: BlockedBudget): readonly string[] =>
  failingPods === 0 ? [] : [`repair the ${toCountText(failingPods, 'pod')} that cannot start`];

const toChange = (blocked: BlockedBudget): string => {
  const { budget, possiblePods } = blocked;
  const { maxUnavailable, minAvailable, desiredHealthy, syncFailure } = budget;
  // The controller needs a replica count for a percentage and for maxUnavailable (k/k `getExpectedPodCount`).
  if (syncFailure !== undefined || possiblePods === 0) {
    return 'set a minAvailable that is a number instead, or to select only pods of workloads with a replica count';
  }
  const isRepairEnough = possiblePods > desiredHealthy;
  const repair = toRepair(blocked);
  if (isRepairEnough) return repair[0] ?? 'wait until its pods are healthy';
  const scale = `to scale its workload to more than ${toCountText(desiredHealthy, 'replica')}`;
  const change =
    maxUnavailable === undefined
      ? `set its minAvailable (${minAvailable ?? 'none'}) so that it requires at most ${Math.max(0, possiblePods - 1)} of ${toCountText(possiblePods, 'pod')}, or ${scale}`
      : `set its maxUnavailable (${maxUnavailable}) to 1`;
  return [change, ...repair.map((text) => `to ${text}`)].join(', and ');
};

/** What created the budget would undo a manual change, so its own source is to be changed. Helm, Argo CD and Flux document these keys. */
const toManagerText = ({ namespace, labels, annotations }: DisruptionBudgetFacts): string => {
  const release = annotations['meta.helm.sh/release-name'];
  const tracking = annotations['argocd.argoproj.io/tracking-id']?.split(':')[0];
  const application = tracking ?? labels['argocd.argoproj.io/instance'];
  const managers: readonly (string | undefined)[] = [
    toNamed('Flux HelmRelease', labels, 'helm.toolkit.fluxcd.io'),
    toNamed('Flux Kustomization', labels, 'kustomize.toolkit.fluxcd.io'),
    application === undefined ? undefined : `Argo CD application ${application}`,
    release === undefined
      ? undefined
      : `Helm release ${annotations['meta.helm.sh/release-namespace'] ?? namespace}/${release}`,
    labels['app.kubernetes.io/managed-by'],
  ];
  const manager = managers.find((text) => text !== undefined && text !== '');
  return manager === undefined ? '' : ` (${manager})`;
};

const toNamed = (kind: string, labels: Readonly<Record<string, string>>, prefix: string): string | undefined => {
  const name = labels[`${prefix}/name`];
  return name === undefined ? undefined : `${kind} ${labels[`${prefix}/namespace`] ?? ''}/${name}`;
};
