import { placePods } from '../../../src/activities/plan/place-pods.ts';
import { readPreflightFacts } from '../../../src/activities/plan/read-preflight-facts.ts';
import { loadConfiguration } from '../../../src/config/load-configuration.ts';
import { assessNodes, findPodsToMove } from '../../../src/domain/preflight/assess-nodes.ts';
import { parseRequest } from '../../../src/domain/request/parse-request.ts';
import type { JudgedPlacement } from '../../../src/domain/scheduling/judged-placement.ts';
import type { TrialOutcome } from '../../../src/domain/scheduling/placement-trial.ts';
import { toRescheduling, type Rescheduling } from '../../../src/domain/scheduling/rescheduling.ts';
import type { SchedulerFacts } from '../../../src/domain/scheduling/scheduler-facts.ts';
import type { Scheduler } from '../../../src/ports/scheduler.ts';
import { createClusters } from '../../../src/worker/create-clusters.ts';

/** The verdict about one pod that leaves. */
export interface PlannedPod {
  /** Its `app` label. */
  readonly workload: string;
  readonly placement: JudgedPlacement;
  /** The scheduler's sentences in the trials without a place for it. */
  readonly refusals: readonly string[];
}

export interface PlannedCluster {
  readonly pods: readonly PlannedPod[];
  /** What the plan was made from, to make it again: without the cluster, and with other plugins. */
  readonly rescheduling: Rescheduling;
}

/** The plan of a removal of these nodes, with every permission and without hosts. */
export const planCluster = async (
  kubeconfig: string,
  nodeNames: readonly string[],
  scheduler: Scheduler,
): Promise<PlannedCluster> => {
  const configuration = loadConfiguration({ environment: { KUBECONFIG: kubeconfig }, addsDefaultCluster: true });
  const cluster = createClusters(configuration).get('default');
  const parsed = parseRequest({
    nodeNames,
    hostCleanup: 'skip',
    force: true,
    deleteEmptyDirData: true,
    singleReplica: 'evict',
  });
  if (cluster === undefined || parsed.kind === 'invalid') throw new Error('the plan cannot be requested');
  const recorder = recordTrials(scheduler);
  const facts = await readPreflightFacts(
    { cluster, scheduler: recorder.scheduler },
    parsed.request,
    await cluster.readIdentity(),
    { locks: {}, missingRights: [], nodeDeletionDryRuns: {}, hosts: {}, ownPods: [], notChecked: [] },
  );
  const { scheduling, outcomes } = recorder.read();
  const rescheduling = toRescheduling({
    ...facts,
    scheduling,
    podsToMove: findPodsToMove(assessNodes(facts)),
    removedNodeNames: nodeNames,
    deletesNodes: parsed.request.deleteNode,
  });
  return { pods: toPlannedPods(rescheduling, facts.placements.byUid, outcomes), rescheduling };
};

/** The same plan, made by another scheduler. */
export const planAgain = async (rescheduling: Rescheduling, scheduler: Scheduler): Promise<readonly PlannedPod[]> => {
  const recorder = recordTrials(scheduler);
  const { byUid } = await placePods(recorder.scheduler, rescheduling);
  return toPlannedPods(rescheduling, byUid, recorder.read().outcomes);
};

const toPlannedPods = (
  { moving }: Rescheduling,
  byUid: Readonly<Record<string, JudgedPlacement>>,
  outcomes: readonly TrialOutcome[],
): readonly PlannedPod[] =>
  moving.flatMap(({ pod: { uid, labels } }) => {
    const placement = byUid[uid];
    const places = outcomes.map(({ result }) => result.places.get(uid));
    const refusals = places.flatMap((place) => (place === undefined || 'nodeName' in place ? [] : [place.message]));
    return placement === undefined ? [] : [{ workload: labels['app'] ?? '', placement, refusals }];
  });

interface Asked {
  readonly scheduling: SchedulerFacts;
  readonly outcomes: readonly TrialOutcome[];
}

const recordTrials = (scheduler: Scheduler): { readonly scheduler: Scheduler; readonly read: () => Asked } => {
  let scheduling: SchedulerFacts = { nodes: [], templates: [], pods: [], objects: {} };
  const outcomes: TrialOutcome[] = [];
  return {
    read: () => ({ scheduling, outcomes }),
    scheduler: {
      prepare: () => undefined,
      open: async (facts) => {
        const session = await scheduler.open(facts);
        scheduling = facts;
        return {
          tryPlacement: async (trial) => {
            const result = await session.tryPlacement(trial);
            outcomes.push({ trial, result });
            return result;
          },
          surveyRoom: (question) => session.surveyRoom(question),
          close: () => session.close(),
        };
      },
    },
  };
};
