import { toBudgetName } from '../budgets/covering.ts';
import type { NodeFacts, PodFacts } from '../cluster/facts.ts';
import type { EvictionJudgement } from './judge-eviction.ts';

/**
 * What keeps a pod on the node. Before its eviction is accepted: its `job` is waited for; `budget` allows none now; `ownerLimit`: no budget selects
 * it, and as many pods of its workload are missing as may be; `twoBudgets` select it; `uncountableBudget`: the
 * disruption controller cannot compute one; `webhook`: admission denies it or does not respond; `namespace`: it is being deleted. Afterwards:
 * `preStop`: its hook may use the grace period; and once that has ended, `kubelet`: the node is not Ready; `finalizer`; `volume`: its
 * containers have ended; `container`: they have not.
 */
export type StuckCause =
  | 'job'
  | 'budget'
  | 'ownerLimit'
  | 'twoBudgets'
  | 'uncountableBudget'
  | 'webhook'
  | 'namespace'
  | 'preStop'
  | 'kubelet'
  | 'finalizer'
  | 'volume'
  | 'container';

/** What keeps a pod on its node. */
export interface StuckPod {
  readonly cause: StuckCause;
  /** Name of what keeps it, e.g. of the budget, the finalizers or the webhook. */
  readonly subject: string;
}

/** A sentence for operators, and its classification where something keeps the pod. */
export interface PodWait {
  readonly message: string;
  readonly stuck?: StuckPod;
}

/** Why the eviction of a pod is not sent now. */
export const describeBlock = (judgement: Exclude<EvictionJudgement, { readonly kind: 'goNow' }>): PodWait => {
  const { message } = judgement;
  if (judgement.kind === 'multipleBudgets') {
    return { message, stuck: { cause: 'twoBudgets', subject: judgement.names.join(', ') } };
  }
  const subject = toBudgetName(judgement.budget);
  if (judgement.kind === 'wait') return { message, stuck: { cause: 'budget', subject } };
  return judgement.isUncountable ? { message, stuck: { cause: 'uncountableBudget', subject } } : { message };
};

/** Why a pod is not evicted that no budget selects. */
export const describeLimit = ({
  workload,
  message,
}: {
  readonly workload: string;
  readonly message: string;
}): PodWait => ({
  message,
  stuck: { cause: 'ownerLimit', subject: workload },
});

/** Why a pod is not evicted whose Job is waited for, e.g. `Job/report`. */
export const describeCompletion = (job: string): PodWait => ({
  message: `waiting until its work for ${job} has ended (jobs: waitForCompletion)`,
  stuck: { cause: 'job', subject: job },
});

/** What the API server's message about an eviction names: `admission webhook "x" denied`, `failed calling webhook "x"`, a policy. */
export const findAdmissionName = (message: string): string | undefined =>
  /(?:admission webhook|calling webhook|ValidatingAdmissionPolicy) ["']([^"']+)["']/.exec(message)?.[1];

/** What a terminating pod waits for. `node`: absent when unknown. `isLate`: its grace period ended a while ago. */
export const describeTermination = (pod: PodFacts, node: NodeFacts | undefined, isLate: boolean): PodWait => {
  const endsAt = pod.deletionTimestamp ?? '';
  if (isLate && node?.ready === false) return describeSilence(node, endsAt);
  const held = describeHold(pod, isLate);
  if (held || !isLate) return held ?? describeGrace(pod, endsAt);
  return {
    message: `terminating: its grace period ended at ${endsAt}, but containers still run`,
    stuck: { cause: 'container', subject: pod.nodeName },
  };
};

/** Its containers have ended, or should have. */
const describeHold = (pod: PodFacts, isLate: boolean): PodWait | undefined => {
  const isEnded = pod.containersEnded === true;
  if (pod.finalizers.length > 0 && (isLate || isEnded)) return describeFinalizers(pod);
  const isWorthALine = isLate || pod.persistentVolumeClaims.length > 0;
  return isEnded && isWorthALine ? describeUnmount(pod) : undefined;
};

const describeGrace = ({ preStopContainers = [] }: PodFacts, endsAt: string): PodWait => {
  const message = `terminating, grace period ends ${endsAt}`;
  if (preStopContainers.length === 0) return { message };
  const names = preStopContainers.join(', ');
  return {
    message: `${message}; preStop hook of container ${names} may use all of it`,
    stuck: { cause: 'preStop', subject: names },
  };
};

const describeSilence = ({ name, notReadySince }: NodeFacts, endsAt: string): PodWait => ({
  message: `terminating: its grace period ended at ${endsAt}, and its node is not Ready${notReadySince === undefined ? '' : ` since ${notReadySince}`}, so no kubelet confirms its end`,
  stuck: { cause: 'kubelet', subject: name },
});

const describeFinalizers = ({ finalizers }: PodFacts): PodWait => {
  const names = finalizers.join(', ');
  return { message: `terminating, held by finalizers ${names}`, stuck: { cause: 'finalizer', subject: names } };
};

const describeUnmount = ({ persistentVolumeClaims }: PodFacts): PodWait => {
  const claims = persistentVolumeClaims.join(', ');
  const volumes = claims === '' ? 'its volumes' : `the volumes of ${claims}`;
  return {
    message: `terminating: its containers have ended, and the kubelet still unmounts ${volumes}`,
    stuck: { cause: 'volume', subject: claims },
  };
};

/** The taint deletes the pods without asking budgets, and detaches their volumes by force (KEP-2268): safe only for a machine without power. */
export const toDeadNodeRemedy = (nodeName: string): string =>
  `Start the kubelet of node ${nodeName}. If its machine is powered off for good, run ` +
  `\`kubectl taint nodes ${nodeName} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute\`: it deletes the pods without asking their budgets and detaches their volumes, ` +
  'which corrupts data if the machine still runs.';

/** What an operator can do about it: full sentences. */
export const toStuckRemedy = (stuck: StuckPod | undefined): string =>
  stuck === undefined ? 'Fix what blocks it, or raise timeoutSeconds.' : REMEDIES[stuck.cause](stuck.subject);

const REMEDIES: Readonly<Record<StuckCause, (subject: string) => string>> = {
  job: () => 'Raise timeoutSeconds, or set jobs: evict, which starts its work over in a new pod.',
  budget: (name) => `Ask the owner of budget ${name}, or raise timeoutSeconds.`,
  ownerLimit: (workload) =>
    `Make the pods of ${workload === '' ? 'its workload' : workload} Ready, or set a higher maxUnavailable or timeoutSeconds.`,
  twoBudgets: (names) => `Ask the owners of these budgets to remove all but one: ${names}.`,
  uncountableBudget: (name) =>
    `Ask the owner of budget ${name} to set a minAvailable that is a number, or to select only pods of workloads with a replica count.`,
  webhook: (name) => `Ask the owner of ${name === '' ? 'the webhook' : `webhook or policy ${name}`}.`,
  namespace: (name) =>
    `Find out what delays the deletion of namespace ${name}: \`kubectl get namespace ${name} -o yaml\` lists it.`,
  preStop: (names) =>
    `Check the preStop hook of container ${names}, set a lower gracePeriodSeconds, or raise timeoutSeconds.`,
  kubelet: toDeadNodeRemedy,
  finalizer: (names) =>
    `Find out why the controllers of finalizers ${names} do not remove them. A higher timeoutSeconds does not help.`,
  volume: () => "Check the kubelet's log on the host and the driver of its volumes.",
  container: (nodeName) =>
    `Inspect its processes on the host of node ${nodeName}: a process that waits for a disk or a network file system cannot be killed.`,
};
