import type { NodeFacts, PodFacts } from '../cluster/facts.ts';
import { isWithoutNode } from '../cluster/pod-state.ts';
import { findBinding, toWorkloadLabel, type WorkloadIndex } from '../cluster/workload-index.ts';
import { toDoubtFinder, type Doubt } from './doubts.ts';
import { findNewerTemplate, toRecreatedTemplate, withoutRunningState } from './recreated-template.ts';
import { toSecondUid, withSecondReplicas } from './second-replicas.ts';
import type { SchedulerFacts, SchedulerObject } from './scheduler-facts.ts';
import { TemplatePool } from './template-pool.ts';

export interface ReschedulingFacts {
  readonly nodes: readonly NodeFacts[];
  /** Every pod of the cluster. */
  readonly pods: readonly PodFacts[];
  /** Those that are recreated elsewhere once evicted. */
  readonly podsToMove: readonly PodFacts[];
  /** Those of them that stay where they are until their second replica runs; absent: none. */
  readonly surging?: readonly PodFacts[];
  readonly workloads: WorkloadIndex;
  readonly scheduling: SchedulerFacts;
  /** All nodes that this task removes, in its order; those that do not exist are left out. */
  readonly removedNodeNames: readonly string[];
  readonly deletesNodes: boolean;
}

/** A pod that leaves its node, as it will be recreated. */
export interface MovingPod {
  readonly pod: PodFacts;
  /** Index into `SchedulerFacts.templates`; absent: the pod's own. */
  readonly template?: number;
  /** Its owner has a newer template. */
  readonly isFromOwner: boolean;
  /** UID of its second replica in the trials, which is placed while the pod stays; absent: the pod itself is placed again. */
  readonly secondUid?: string;
  readonly doubt?: Doubt;
}

/** A pod that the scheduler never sees: the template of its workload names a node. */
export interface BypassingPod {
  readonly pod: PodFacts;
  readonly workloadName: string;
  readonly nodeName: string;
}

/** What is tried: the cluster as the scheduler will find it, and the pods that it will place. */
export interface Rescheduling extends Pick<ReschedulingFacts, 'nodes' | 'pods' | 'removedNodeNames' | 'deletesNodes'> {
  readonly scheduling: SchedulerFacts;
  readonly moving: readonly MovingPod[];
  /** They have no node yet and compete for the same room. */
  readonly waiting: readonly PodFacts[];
  readonly bypassing: readonly BypassingPod[];
}

/** Pods are judged as their owners will recreate them: see `findNewerTemplate`. Pure. */
export const toRescheduling = (facts: ReschedulingFacts): Rescheduling => {
  const { podsToMove, surging = [], workloads, nodes, pods, deletesNodes } = facts;
  const existing = new Set(nodes.map(({ name }) => name));
  const scheduling = withSecondReplicas(facts.scheduling, surging);
  const bypassing = podsToMove.flatMap((pod) => toBypassing(pod, workloads));
  const scheduled = podsToMove.filter((pod) => !bypassing.some((each) => each.pod === pod));
  const { templates, moving } = toMoving(scheduled, workloads, scheduling, surging);
  return {
    nodes,
    pods,
    removedNodeNames: facts.removedNodeNames.filter((name) => existing.has(name)),
    deletesNodes,
    scheduling: { ...scheduling, templates },
    moving,
    waiting: pods.filter((pod) => isWithoutNode(pod) && !pod.schedulingGated),
    bypassing,
  };
};

const toBypassing = (pod: PodFacts, workloads: WorkloadIndex): readonly BypassingPod[] => {
  const bound = findBinding(pod, workloads);
  return bound === undefined ? [] : [{ pod, workloadName: toWorkloadLabel(bound), nodeName: bound.templateNodeName }];
};

const toMoving = (
  pods: readonly PodFacts[],
  workloads: WorkloadIndex,
  scheduling: SchedulerFacts,
  surging: readonly PodFacts[],
): { readonly templates: readonly SchedulerObject[]; readonly moving: readonly MovingPod[] } => {
  const uids = new Set(pods.map(({ uid }) => uid));
  const ownTemplates = new Map<string, number>();
  for (const { uid, template } of scheduling.pods) if (uids.has(uid)) ownTemplates.set(uid, template);
  const pool = new TemplatePool(scheduling.templates);
  const findDoubt = toDoubtFinder(scheduling);
  const moving = pods.flatMap((pod): readonly MovingPod[] => {
    const index = ownTemplates.get(pod.uid);
    const own = index === undefined ? undefined : scheduling.templates[index];
    if (index === undefined || own === undefined) return [];
    const ofOwner = findNewerTemplate(pod, workloads);
    const recreated = ofOwner === undefined ? withoutRunningState(own) : toRecreatedTemplate(pod, own, ofOwner);
    const isUnchanged = recreated === own;
    const doubt = findDoubt(pod, recreated);
    return [
      {
        pod,
        ...(isUnchanged ? {} : { template: pool.add(recreated) }),
        isFromOwner: ofOwner !== undefined,
        ...(surging.includes(pod) ? { secondUid: toSecondUid(pod) } : {}),
        ...(doubt === undefined ? {} : { doubt }),
      },
    ];
  });
  return { templates: pool.templates, moving };
};
