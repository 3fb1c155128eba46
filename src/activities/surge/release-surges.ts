import { sleep } from '@temporalio/activity';
import { SURGE_LABEL, type AnnotationChange } from '../../domain/cluster/annotations.ts';
import type { DeploymentFacts, PodFacts } from '../../domain/cluster/facts.ts';
import { isTerminating } from '../../domain/cluster/pod-state.ts';
import { toReplicasCommand } from '../../domain/node/repair-commands.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { UndoReport } from '../../domain/run/report.ts';
import { planDeletionCost, planDeletionCostRelease, planSurgeRelease } from '../../domain/surge/plan-surge-release.ts';
import { findSurgeHolder, toDeploymentName } from '../../domain/surge/surge-label.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { hasObjectChanged } from '../../ports/cluster-failure.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { attemptEach } from '../support/attempt-each.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';

const MAX_TRIES = 10;
const POLL_MILLISECONDS = 500;

/**
 * Ends every surge that this task has begun: scales back to one replica, waits until the controller has removed a pod, then restores the
 * deletion cost and removes the label. If both pods are Ready the old one stays, unless its removal had begun. Finds the Deployments in the
 * cluster by the label, so it also covers a write whose response was lost. Safe to repeat.
 *
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure the first one, after every Deployment was tried
 */
export const releaseSurges =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext): Promise<readonly UndoReport[]> => {
    const cluster = await openVerifiedCluster(dependencies, context);
    const labelled = await cluster.readDeployments({ label: SURGE_LABEL });
    const ours = labelled.filter((deployment) => findSurgeHolder(deployment, context.taskId) === 'ours');
    const reports: UndoReport[] = [];
    await attemptEach(ours, async (deployment) => {
      reports.push(await releaseSurge(cluster, deployment, context.taskId, sleep));
    });
    return reports;
  };

/**
 * Ends the surge of one Deployment, as `releaseSurges` does.
 *
 * @param pause waits this many milliseconds; may throw to end the wait for the controller
 * @throws ClusterFailure
 * @throws what `pause` throws
 */
export const releaseSurge = async (
  cluster: Cluster,
  seen: Pick<DeploymentFacts, 'namespace' | 'name' | 'uid'>,
  taskId: string,
  pause: (milliseconds: number) => Promise<unknown>,
): Promise<UndoReport> => {
  const action = `scale ${toDeploymentName(seen)} back to one replica`;
  let conflictCount = 0;
  for (;;) {
    const deployment = await cluster.readDeployment(seen.namespace, seen.name);
    if (deployment?.uid !== seen.uid) return { action, status: 'NothingToDo', message: 'deleted by another client' };
    if (findSurgeHolder(deployment, taskId) !== 'ours') {
      return { action, status: 'Kept', message: "another client removed this task's label; left alone" };
    }
    try {
      const report = await takeReleaseStep(cluster, deployment, action, pause);
      if (report !== undefined) return report;
    } catch (error) {
      conflictCount += 1;
      if (!hasObjectChanged(error) || conflictCount >= MAX_TRIES) throw error;
    }
  }
};

/**
 * The report once nothing is left; undefined when the Deployment has to be read again.
 *
 * @throws ClusterFailure `Conflict` or `NotFound`: an object has changed.
 */
const takeReleaseStep = async (
  cluster: Cluster,
  deployment: DeploymentFacts,
  action: string,
  pause: (milliseconds: number) => Promise<unknown>,
): Promise<UndoReport | undefined> => {
  const step = planSurgeRelease(deployment);
  if (step.kind === 'wait') {
    await pause(POLL_MILLISECONDS);
    return undefined;
  }
  const changed = await readChangedPods(cluster, deployment);
  if (step.kind === 'scaleDown') {
    // A removal that was about to begin is withdrawn; before the second replica is Ready this changes nothing.
    for (const pod of changed) await annotate(cluster, pod, planDeletionCost(pod, 'highest'));
    await cluster.patchDeployment(deployment, step.change);
    return undefined;
  }
  for (const pod of changed) await annotate(cluster, pod, planDeletionCostRelease(pod));
  await cluster.patchDeployment(deployment, step.change);
  if (step.kept === undefined) return { action, status: 'Undone', message: '' };
  return { action, status: 'Kept', message: `${step.kept}: ${toReplicasCommand(deployment)}` };
};

/** Its pods whose deletion cost the task has changed. */
const readChangedPods = async (
  cluster: Cluster,
  { namespace, selector }: DeploymentFacts,
): Promise<readonly PodFacts[]> =>
  selector === undefined
    ? []
    : (await cluster.readPods({ namespace, selector })).filter((pod) => planDeletionCostRelease(pod) !== undefined);

const annotate = async (cluster: Cluster, pod: PodFacts, change: AnnotationChange | undefined): Promise<void> => {
  if (change !== undefined && !isTerminating(pod)) await cluster.annotatePod(pod, change);
};
