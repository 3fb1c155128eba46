import type { Activities } from '../../activities/index.ts';
import { readClusterOfWorkflow, toClusterQueue, toWaitsQueue } from '../../domain/run/workflow-ids.ts';

type Name = keyof Activities;
type First<Of extends Name> = Parameters<Activities[Of]>[0];

/** A `TaskContext`, or a checked request. */
type WithCluster = { readonly cluster: string } | { readonly request: { readonly cluster: string } };
type Unnamed = { [Of in Name]: First<Of> extends WithCluster ? never : Of }[Name];

/** The cluster of an activity whose first argument does not name it; `undefined`: it needs none. */
const CLUSTERS: { readonly [Of in Unnamed]: (first: First<Of>) => string | undefined } = {
  checkRequest: () => undefined,
  judgeWindows: () => undefined,
  awaitNodeWorkflow: readClusterOfWorkflow,
};

/**
 * One of each pod, and blocked for as long as a budget blocks: a thousand of them must not delay the undo of another node. One of each task that
 * waits for other tasks.
 */
const WAITS: readonly Name[] = ['evictPod', 'surgePod', 'takeTurns'];

/**
 * The task queue of one call, by the cluster of its first argument. `undefined`: the workflow's own queue, for what needs no
 * cluster. A wait that a node has once stays on the queue of short work: its deadline counts from the moment it is scheduled, and must
 * not pass while it is queued behind evictions.
 */
export const toActivityQueue = (name: Name, [first]: readonly unknown[]): string | undefined => {
  const cluster = name in CLUSTERS ? CLUSTERS[name as Unnamed](first as never) : toCluster(first as WithCluster);
  if (cluster === undefined) return undefined;
  return WAITS.includes(name) ? toWaitsQueue(cluster) : toClusterQueue(cluster);
};

const toCluster = (first: WithCluster): string => ('cluster' in first ? first.cluster : first.request.cluster);
