import type { DecommissionRequest } from '../request/decommission-request.ts';
import type { PodFacts, PodRef } from '../cluster/facts.ts';
import type { FindingCode, PodDisposition } from '../plan/decommission-plan.ts';
import { compareText } from '../text/compare-text.ts';
import { isOfKind } from '../cluster/object-kind.ts';
import { isFinished, isTerminating } from '../cluster/pod-state.ts';
import { findWorkload, type WorkloadIndex } from '../cluster/workload-index.ts';

export type PodConsents = Pick<DecommissionRequest, 'force' | 'ignoreDaemonSets' | 'deleteEmptyDirData'>;

/** Why a pod is only removed with the caller's consent. */
export interface PodObjection {
  readonly code: Extract<FindingCode, 'BarePod' | 'EmptyDirData' | 'DaemonSetPod'>;
  /** What is lost, without the pod's name. */
  readonly message: string;
  /** The request setting that consents, e.g. `force: true`. */
  readonly override: string;
  readonly consented: boolean;
}

export interface PodClassification {
  readonly disposition: PodDisposition;
  /** All reasons, in one sentence; empty for a plain `evict`. */
  readonly reason: string;
  /** Of the first objection without consent. */
  readonly code?: PodObjection['code'];
  /** All settings that are needed, e.g. `force: true, deleteEmptyDirData: true`. */
  readonly override?: string;
  /** No controller, or one that is gone: nothing makes the pod anew. */
  readonly isBare: boolean;
  readonly isDaemonSetPod: boolean;
  readonly objections: readonly PodObjection[];
}

interface PodCase {
  readonly pod: PodFacts;
  readonly consents: PodConsents;
  readonly isBare: boolean;
  readonly isDaemonSetPod: boolean;
}

type PodVerdict = Pick<PodClassification, 'disposition' | 'reason' | 'objections'>;
type PodRule = (podCase: PodCase) => PodVerdict | undefined;

const decided = (disposition: PodDisposition, reason: string): PodVerdict => ({ disposition, reason, objections: [] });

const mirrorRule: PodRule = ({ pod }) =>
  pod.mirror ? decided('stay', 'static pod: its kubelet runs it, the API cannot stop it') : undefined;

const daemonSetRule: PodRule = ({ pod, consents, isDaemonSetPod }) => {
  if (!isDaemonSetPod || isFinished(pod)) return undefined;
  if (consents.ignoreDaemonSets) return decided('stay', 'its DaemonSet would start it again at once');
  return refused([
    {
      code: 'DaemonSetPod',
      message: 'it belongs to a DaemonSet, which ignores the cordon and would start it again at once',
      override: 'ignoreDaemonSets: true',
      consented: false,
    },
  ]);
};

const terminatingRule: PodRule = ({ pod }) =>
  isTerminating(pod) ? decided('wait', 'it is already terminating') : undefined;

const finishedRule: PodRule = ({ pod }) =>
  isFinished(pod) ? decided('evict', 'it has finished: only its object and its logs are left') : undefined;

const consentRule: PodRule = (podCase) => {
  const objections = [...emptyDirObjections(podCase), ...bareObjections(podCase)];
  if (objections.some(({ consented }) => !consented)) return refused(objections);
  return { disposition: 'evict', reason: toReason(objections), objections };
};

/**
 * In this order; the first that decides wins. They select what `kubectl drain` selects (kubectl `pkg/drain/filters.go`), with these
 * differences: all objections are kept, an owner that is gone makes a bare pod, any version of `apps` counts, and a terminating
 * pod is waited for whatever it holds.
 */
const RULES: readonly PodRule[] = [mirrorRule, daemonSetRule, terminatingRule, finishedRule, consentRule];

/**
 * What the drain does with one pod, and why. `index` must hold the pod's controller: one that is `null` there is gone, and the pod
 * is bare.
 */
export const classifyPod = (pod: PodFacts, index: WorkloadIndex, consents: PodConsents): PodClassification => {
  const workload = findWorkload(pod, index);
  const isDaemonSetPod = workload !== undefined && isOfKind(workload, 'apps', 'DaemonSet');
  const podCase: PodCase = { pod, consents, isBare: workload === undefined && !pod.mirror, isDaemonSetPod };
  for (const rule of RULES) {
    const verdict = rule(podCase);
    if (verdict !== undefined) return toClassification(podCase, verdict);
  }
  return toClassification(podCase, decided('evict', ''));
};

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
  return { disposition: 'refuse', reason: `${toReason(withoutConsent)} (needs ${needed})`, objections };
};

const toReason = (objections: readonly PodObjection[]): string => objections.map(({ message }) => message).join('; ');

const emptyDirObjections = ({ pod, consents }: PodCase): readonly PodObjection[] =>
  pod.emptyDirVolumes.length === 0
    ? []
    : [
        {
          code: 'EmptyDirData',
          message: `the data in its emptyDir ${pod.emptyDirVolumes.join(', ')} is lost`,
          override: 'deleteEmptyDirData: true',
          consented: consents.deleteEmptyDirData,
        },
      ];

const bareObjections = ({ pod, consents, isBare }: PodCase): readonly PodObjection[] => {
  if (!isBare) return [];
  const { controller } = pod;
  const why = controller === undefined ? 'it has no controller' : `its ${controller.kind} ${controller.name} is gone`;
  return [
    {
      code: 'BarePod',
      message: `${why}, so nothing makes it anew`,
      override: 'force: true',
      consented: consents.force,
    },
  ];
};
