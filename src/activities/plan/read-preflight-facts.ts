import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import type { ClusterIdentity, PodFacts, VolumeClaimFacts } from '../../domain/cluster/facts.ts';
import { RIGHTS_TO_FIND_SERVICES, RIGHTS_TO_PLACE, toRightText } from '../../domain/cluster/rights.ts';
import { assessNodes, findPodsToMove, findSurging } from '../../domain/preflight/assess-nodes.ts';
import type { PreflightFacts } from '../../domain/preflight/facts.ts';
import type { Stages } from '../../domain/preflight/stages.ts';
import { NO_PLACEMENTS } from '../../domain/scheduling/judged-placement.ts';
import { toRescheduling, type Rescheduling } from '../../domain/scheduling/rescheduling.ts';
import type { Cluster, ClusterSnapshot } from '../../ports/cluster.ts';
import type { Scheduler } from '../../ports/scheduler.ts';
import { readSelectedIndex } from '../support/read-workload-index.ts';
import { runStages } from '../support/run-stages.ts';
import { tryReplacements } from './try-admission.ts';
import { placePods } from './place-pods.ts';
import { readSurgeFacts } from './read-surge-facts.ts';

/** What only the run itself can determine; the CLI's `plan` has read rights only and lists these as not checked. */
export type RunFacts = Pick<
  PreflightFacts,
  | 'locks'
  | 'missingRights'
  | 'nodeDeletionDryRuns'
  | 'hosts'
  | 'ownPods'
  | 'isOwnPodUnknown'
  | 'temporal'
  | 'notChecked'
  | 'drainingNodeNames'
>;

export interface FactSources {
  readonly cluster: Cluster;
  /** Not started when preflight is `skip`. */
  readonly scheduler: Scheduler;
  /** Ends the trials of the scheduler; absent: they run to their end. */
  readonly signal?: AbortSignal;
}

/**
 * Reads everything that preflight judges, with read rights only, and tries where the pods could be placed and, where the permission to create
 * pods is there, whether they would be admitted again. Changes nothing.
 *
 * @throws ClusterFailure
 * @throws Error: see `placePods`.
 */
export const readPreflightFacts = async (
  sources: FactSources,
  request: DecommissionRequest,
  clusterIdentity: ClusterIdentity,
  runFacts: RunFacts,
): Promise<PreflightFacts> => {
  const { cluster, scheduler } = sources;
  if (request.preflight !== 'skip') scheduler.prepare();
  const [clusterAddress, budgets, services, snapshot] = await Promise.all([
    cluster.readAddress(),
    cluster.readBudgets(),
    request.preflight === 'skip' ? undefined : cluster.readServices(),
    request.preflight === 'skip' ? undefined : cluster.readSnapshot(),
  ]);
  const read = snapshot ?? (await readWithoutScheduling(cluster, request));
  const { nodes, pods, claims, volumes, attachments } = read;
  const leavingNodeNames = toLeavingNodeNames({ ...runFacts, request });
  const onNodes = pods.filter(({ nodeName }) => leavingNodeNames.includes(nodeName));
  const namespaces = new Set(onNodes.map(({ namespace }) => namespace));
  const neighbours = pods.filter(({ namespace }) => namespaces.has(namespace));
  const workloads = await readSelectedIndex(cluster, onNodes, neighbours);
  const facts: PreflightFacts = {
    request,
    clusterIdentity,
    clusterAddress,
    nodes,
    pods,
    workloads,
    budgets,
    claims,
    volumes,
    attachments,
    placements: NO_PLACEMENTS,
    replacementTrials: [],
    budgetTrials: [],
    ...(services === undefined ? {} : { services }),
    ...runFacts,
    ...(await readSurgeFacts(cluster, request, onNodes, workloads)),
  };
  if (snapshot === undefined) return facts;
  const notChecked = [...facts.notChecked, ...(services === undefined ? [SERVICES_NOT_CHECKED] : [])];
  const placed = await withPlacements({ ...facts, notChecked }, snapshot, sources);
  return { ...placed, ...(await tryReplacements(cluster, placed, sources)) };
};

type OwnReads = Pick<ClusterSnapshot, 'nodes' | 'pods' | 'claims' | 'volumes' | 'attachments'>;

const readWithoutScheduling = async (cluster: Cluster, { nodeNames }: DecommissionRequest): Promise<OwnReads> => {
  const [nodes, pods, volumes, attachments] = await Promise.all([
    cluster.readNodes(),
    cluster.readPods({}),
    cluster.readVolumes(),
    cluster.readVolumeAttachments(),
  ]);
  const claims = await readClaims(
    cluster,
    pods.filter(({ nodeName }) => nodeNames.includes(nodeName)),
  );
  return { nodes, pods, claims, volumes, attachments };
};

const readClaims = async (cluster: Cluster, pods: readonly PodFacts[]): Promise<readonly VolumeClaimFacts[]> => {
  const namespaces = new Set(pods.filter((pod) => pod.persistentVolumeClaims.length > 0).map((pod) => pod.namespace));
  const lists = await Promise.all([...namespaces].map((namespace) => cluster.readVolumeClaims(namespace)));
  return lists.flat();
};

/** Those that are being drained come first: their pods will be placed before the pods of a node that has not started. */
const toLeavingNodeNames = ({
  request,
  drainingNodeNames = [],
}: Pick<PreflightFacts, 'request' | 'drainingNodeNames'>) => [...drainingNodeNames, ...request.nodeNames];

const withPlacements = async (
  facts: PreflightFacts,
  { scheduling, forbiddenKinds }: ClusterSnapshot,
  { scheduler, signal }: FactSources,
): Promise<PreflightFacts> => {
  const rescheduling = await runStages(rescheduleInStages(facts, scheduling));
  return {
    ...facts,
    placements: await placePods(scheduler, rescheduling, signal),
    notChecked: [...facts.notChecked, ...forbiddenKinds.map(toNotChecked)],
  };
};

const rescheduleInStages = function* (
  facts: PreflightFacts,
  scheduling: ClusterSnapshot['scheduling'],
): Stages<Rescheduling> {
  yield;
  const nodeNames = toLeavingNodeNames(facts);
  const assessed = assessNodes({ ...facts, request: { ...facts.request, nodeNames } });
  yield;
  const rescheduling = toRescheduling({
    ...facts,
    scheduling,
    podsToMove: findPodsToMove(assessed),
    surging: findSurging(assessed, facts.request),
    removedNodeNames: nodeNames,
    deletesNodes: facts.request.deleteNode,
  });
  yield;
  return rescheduling;
};

const SERVICES_NOT_CHECKED = `which Services lose their last pod, and whether Temporal runs on one of the nodes (the permission to ${RIGHTS_TO_FIND_SERVICES.map(toRightText).join(', ')} is missing)`;

const toNotChecked = (kind: string): string => {
  const right = RIGHTS_TO_PLACE.find((each) => each.kind === kind);
  const missing = right === undefined ? '' : ` (the permission to ${toRightText(right)} is missing)`;
  return `where pods can run that depend on a ${kind}${missing}`;
};
