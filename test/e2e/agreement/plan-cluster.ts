import { readPreflightFacts } from '../../../src/activities/plan/read-preflight-facts.ts';
import { loadConfiguration } from '../../../src/config/load-configuration.ts';
import { assessNodes, findPodsToMove } from '../../../src/domain/preflight/assess-nodes.ts';
import { parseRequest } from '../../../src/domain/request/parse-request.ts';
import type { JudgedPlacement } from '../../../src/domain/scheduling/judged-placement.ts';
import type { SchedulerFacts } from '../../../src/domain/scheduling/scheduler-facts.ts';
import type { PlacementTrial } from '../../../src/domain/scheduling/placement-trial.ts';
import type { Scheduler } from '../../../src/ports/scheduler.ts';
import { createClusters } from '../../../src/worker/create-clusters.ts';

/** The verdict about one pod that leaves. */
export interface PlannedPod {
  /** Its `app` label. */
  readonly workload: string;
  readonly placement: JudgedPlacement;
}

/** What was asked of the scheduler, to ask it again: without the cluster, and with other plugins. */
export interface AskedTrials {
  readonly facts: SchedulerFacts;
  readonly trials: readonly PlacementTrial[];
}

export interface PlannedCluster {
  readonly pods: readonly PlannedPod[];
  readonly asked: AskedTrials;
}

/** The plan of a removal of these nodes, with every permission and without hosts. */
export const planCluster = async (
  kubeconfig: string,
  nodeNames: readonly string[],
  scheduler: Scheduler,
): Promise<PlannedCluster> => {
  const configuration = loadConfiguration({ environment: { KUBECONFIG: kubeconfig } });
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
  const pods = findPodsToMove(assessNodes(facts)).flatMap(({ uid, labels }) => {
    const placement = facts.placements.byUid[uid];
    return placement === undefined ? [] : [{ workload: labels['app'] ?? '', placement }];
  });
  return { pods, asked: recorder.read() };
};

const recordTrials = (scheduler: Scheduler): { readonly scheduler: Scheduler; readonly read: () => AskedTrials } => {
  let asked: AskedTrials = { facts: { nodes: [], templates: [], pods: [], objects: {} }, trials: [] };
  return {
    read: () => asked,
    scheduler: {
      open: async (facts) => {
        const session = await scheduler.open(facts);
        asked = { facts, trials: [] };
        return {
          tryPlacement: async (trial) => {
            asked = { facts, trials: [...asked.trials, trial] };
            return await session.tryPlacement(trial);
          },
          close: () => session.close(),
        };
      },
    },
  };
};
