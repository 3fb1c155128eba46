import type { DecommissionRequest } from '../request/decommission-request.ts';
import type { PodFacts, PodRef } from '../cluster/facts.ts';
import type { FindingCode, PodDisposition } from '../plan/decommission-plan.ts';
import { compareText } from '../text/compare-text.ts';
import { endsUndisturbed } from './awaits-completion.ts';
import { isKept } from './kept-pods.ts';
import { isOfKind, type ObjectKind } from '../cluster/object-kind.ts';
import { isFinished, isTerminating } from '../cluster/pod-state.ts';
import { findWorkload, type WorkloadIndex } from '../cluster/workload-index.ts';

export type PodConsents = Pick<
  DecommissionRequest,
  'force' | 'ignoreDaemonSets' | 'deleteEmptyDirData' | 'keepPods' | 'jobs' | 'onTimeout'
>;

/** Why evicting a pod requires a setting in the request. */
export interface PodObjection {
  readonly code: Extract<FindingCode, 'BarePod' | 'EmptyDirData' | 'DaemonSetPod'>;
  /** What is lost, without the pod's name. */
  readonly message: string;
  /** The request setting that allows it, e.g. `force: true`. */
  readonly override: string;
  readonly consented: boolean;
}

export interface PodClassification {
  readonly disposition: PodDisposition;
  /** All reasons, in one sentence; empty for a plain `evict`. */
  readonly reason: string;
  /** Of the first objection that the request does not allow. */
  readonly code?: PodObjection['code'];
  /** All settings that are missing, e.g. `force: true, deleteEmptyDirData: true`. */
  readonly override?: string;
  /** No controller, or one that no longer exists: the pod is not recreated. */
  readonly isBare: boolean;
  readonly isDaemonSetPod: boolean;
  readonly objections: readonly PodObjection[];
}

interface PodCase {
  readonly pod: PodFacts;
  readonly consents: PodConsents;
  readonly isBare: boolean;
  readonly isDaemonSetPod: boolean;
  /** It leaves only after its containers have ended. */
  readonly endsFirst: boolean;
}

type PodVerdict = Pick<PodClassification, 'disposition' | 'reason' | 'objections'>;
type PodRule = (podCase: PodCase) => PodVerdict | undefined;

const decided = (disposition: PodDisposition, reason: string): PodVerdict => ({ disposition, reason, objections: [] });

const mirrorRule: PodRule = ({ pod }) =>
  pod.mirror ? decided('stay', 'static pod: managed by the kubelet, cannot be stopped through the API') : undefined;

const keptRule: PodRule = ({ pod, consents: { keepPods } }) =>
  isKept(pod, keepPods) ? decided('stay', `left in place: it matches keepPods (${keepPods ?? ''})`) : undefined;

const daemonSetRule: PodRule = ({ pod, consents, isDaemonSetPod }) => {
  if (!isDaemonSetPod || isFinished(pod)) return undefined;
  if (consents.ignoreDaemonSets) return decided('stay', 'managed by a DaemonSet, which would recreate it at once');
  return refused([
    {
      code: 'DaemonSetPod',
      message: 'it is managed by a DaemonSet, which ignores the cordon and would recreate it at once',
      override: 'ignoreDaemonSets: true',
      consented: false,
    },
  ]);
};

const terminatingRule: PodRule = ({ pod }) =>
  isTerminating(pod) ? decided('wait', 'it is already terminating') : undefined;

const finishedRule: PodRule = ({ pod }) =>
  isFinished(pod) ? decided('evict', 'it has finished: only its object and its logs remain') : undefined;

const consentRule: PodRule = (podCase) => {
  const objections = [...emptyDirObjections(podCase), ...bareObjections(podCase)];
  if (objections.some(({ consented }) => !consented)) return refused(objections);
  return { disposition: 'evict', reason: toReason(objections), objections };
};

/**
 * In this order; the first rule that returns a verdict wins. They select what `kubectl drain` selects (kubectl `pkg/drain/filters.go`),
 * with these differences: all objections are kept, a pod whose owner no longer exists is bare, any version of `apps` counts, so does the
 * DaemonSet of OpenKruise, the drain waits for a terminating pod whatever volumes it uses, pods that the request keeps stay, and a pod of a Job
 * that ends first loses no data.
 */
const RULES: readonly PodRule[] = [mirrorRule, keptRule, daemonSetRule, terminatingRule, finishedRule, consentRule];

/**
 * What the drain does with one pod, and why. `index` must contain the pod's controller: `null` means that it no longer exists and
 * that the pod is bare.
 */
export const classifyPod = (pod: PodFacts, index: WorkloadIndex, consents: PodConsents): PodClassification => {
  const workload = findWorkload(pod, index);
  const isDaemonSetPod = workload !== undefined && isDaemonSet(workload);
  const isBare = workload === undefined && !pod.mirror;
  const endsFirst = endsUndisturbed(pod, workload, consents);
  const podCase: PodCase = { pod, consents, isBare, isDaemonSetPod, endsFirst };
  for (const rule of RULES) {
    const verdict = rule(podCase);
    if (verdict !== undefined) return toClassification(podCase, verdict);
  }
  return toClassification(podCase, decided('evict', ''));
};

/** OpenKruise's controller ignores the cordon too (openkruise/kruise `pkg/controller/daemonset`). */
const isDaemonSet = (workload: ObjectKind): boolean =>
  isOfKind(workload, 'apps', 'DaemonSet') || isOfKind(workload, 'apps.kruise.io', 'DaemonSet');

/** By namespace, name and UID: the order in which pods are listed, planned and acted on. */
export const comparePods = (a: PodRef, b: PodRef): number =>
  compareText(a.namespace, b.namespace) || compareText(a.name, b.name) || compareText(a.uid, b.uid);

const toClassification = (podCase: PodCase, verdict: PodVerdict): PodClassification => {
  const withoutConsent = verdict.objections.filter(({ consented }) => !consented);
  const [first] = withoutConsent;
  const override = withoutConsent.map((objection) => objection.override).join(', ');
  return {
    ...verdict,
    isBare: podCase.isBare,
    isDaemonSetPod: podCase.isDaemonSetPod,
    ...(first === undefined ? {} : { code: first.code, override }),
  };
};

const refused = (objections: readonly PodObjection[]): PodVerdict => {
  const withoutConsent = objections.filter(({ consented }) => !consented);
  const needed = withoutConsent.map(({ override }) => override).join(', ');
  return {
    disposition: 'refuse',
    reason: `${toReason(withoutConsent)} (to proceed anyway, set ${needed})`,
    objections,
  };
};

const toReason = (objections: readonly PodObjection[]): string => objections.map(({ message }) => message).join('; ');

const emptyDirObjections = ({ pod, consents, endsFirst }: PodCase): readonly PodObjection[] =>
  pod.emptyDirVolumes.length === 0 || endsFirst
    ? []
    : [
        {
          code: 'EmptyDirData',
          message: `the data in its emptyDir volumes is lost: ${pod.emptyDirVolumes.join(', ')}`,
          override: 'deleteEmptyDirData: true',
          consented: consents.deleteEmptyDirData,
        },
      ];

const bareObjections = ({ pod, consents, isBare }: PodCase): readonly PodObjection[] => {
  if (!isBare) return [];
  const { controller } = pod;
  const why =
    controller === undefined ? 'it has no controller' : `its ${controller.kind} ${controller.name} no longer exists`;
  return [
    {
      code: 'BarePod',
      message: `${why}, so it is not recreated`,
      override: 'force: true',
      consented: consents.force,
    },
  ];
};
