import pc from 'picocolors';
import type { AuditEvent } from '../control-plane/audit-log.ts';
import type { Stack } from '../stack.ts';

/** One claim of the demo and its evidence. */
export interface Proof {
  readonly claim: string;
  readonly holds: boolean;
  readonly evidence: string;
}

/** Prints proofs as a list. @returns how many do not hold */
export const showProofs = (proofs: readonly Proof[]): number => {
  for (const { claim, holds, evidence } of proofs) {
    process.stdout.write(
      `  ${holds ? pc.green('proved') : pc.red('FAILED')}  ${claim}\n          ${pc.dim(evidence)}\n`,
    );
  }
  return proofs.filter(({ holds }) => !holds).length;
};

/** Compares the exit code: 0 done, 1 undone. Without this proof, a drain that never started would pass as one that was undone. */
export const proveEnding = (claim: string, exitCode: number | null, expected: number): Proof => ({
  claim,
  holds: exitCode === expected,
  evidence: `exit code ${exitCode ?? 'none'}, expected ${expected}`,
});

/** Reads from the audit log that our worker wrote to the Node at least twice: to cordon it, and to undo that. */
export const proveCordonedMeanwhile = (events: readonly AuditEvent[], nodeName: string): Proof => {
  const writes = events.filter(
    ({ verb, objectRef, responseStatus, userAgent }) =>
      ['patch', 'update'].includes(verb) &&
      objectRef?.resource === 'nodes' &&
      objectRef.subresource === undefined &&
      objectRef.name === nodeName &&
      responseStatus?.code === 200 &&
      userAgent?.startsWith('node-decommission/') === true,
  );
  return {
    claim: `node ${nodeName} was cordoned before that was undone`,
    holds: writes.length >= 2,
    evidence: `audit log: ${writes.length} writes to the Node by node-decommission`,
  };
};

/** Reads from the API server that the Node does not exist. */
export const proveNodeGone = async (stack: Stack, nodeName: string): Promise<Proof> => {
  const { status } = await stack.api.request('GET', `/api/v1/nodes/${nodeName}`);
  return {
    claim: `Node ${nodeName} is gone`,
    holds: status === 404,
    evidence: `GET /api/v1/nodes/${nodeName}: ${status}`,
  };
};

/** Reads from the audit log which evictions the API server accepted. */
export const proveEvictedOnce = (events: readonly AuditEvent[], podUids: readonly string[]): Proof => {
  const accepted = events.filter(
    ({ objectRef, responseStatus }) => objectRef?.subresource === 'eviction' && responseStatus?.code === 201,
  );
  const uids = accepted.map(({ requestObject }) => requestObject?.deleteOptions?.preconditions?.uid ?? '');
  const holds =
    uids.length === podUids.length && new Set(uids).size === uids.length && uids.every((uid) => podUids.includes(uid));
  return {
    claim: 'every pod on the node was evicted exactly once, and no other pod',
    holds,
    evidence: `audit log: ${accepted.length} evictions with status 201, ${new Set(uids).size} different UIDs, ${podUids.length} pods on the node`,
  };
};

/** Compares the lowest observed number of Ready pods with the number that the budgets require. */
export const proveAvailability = (
  lowest: ReadonlyMap<string, number>,
  needed: Readonly<Record<string, number>>,
): Proof => {
  const apps = Object.keys(needed);
  return {
    claim: 'no workload ever had fewer Ready pods than its budget requires',
    holds: apps.every((app) => (lowest.get(app) ?? 0) >= (needed[app] ?? 0)),
    evidence: apps
      .map((app) => `${app}: never below ${lowest.get(app) ?? 0} Ready, required ${needed[app] ?? 0}`)
      .join('; '),
  };
};

/** Proves that no budget has a label or annotation of node-decommission any more. */
export const proveBudgetsReleased = async (stack: Stack): Promise<Proof> => {
  const budgets = await stack.api.list('/apis/policy/v1/poddisruptionbudgets');
  const names = budgets.map(({ metadata }) => metadata.name);
  const marked = budgets.filter(({ metadata }) =>
    Object.keys(metadata.annotations ?? {}).some((key) => key.startsWith('NodeDrainTask')),
  );
  const ours = budgets.filter(
    ({ metadata }) => metadata.labels?.['app.kubernetes.io/managed-by'] === 'node-decommission',
  );
  return {
    claim: 'the budgets of node-decommission are deleted, those of the owners still exist',
    holds: marked.length === 0 && ours.length === 0 && names.length > 0,
    evidence: `budgets in the cluster: ${names.join(', ') || 'none'}`,
  };
};

/** What an exact undo is compared by: everything that users and controllers set, without versions and status. */
export const readNodeAndBudgets = async (stack: Stack, nodeName: string): Promise<string> => {
  const node = await stack.api.read(`/api/v1/nodes/${nodeName}`);
  const budgets = await stack.api.list('/apis/policy/v1/poddisruptionbudgets');
  const kept = [node, ...budgets].map(({ metadata, spec }) => ({
    name: metadata.name,
    uid: metadata.uid,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    finalizers: metadata.finalizers ?? [],
    spec,
  }));
  return JSON.stringify(kept, undefined, 1);
};

export const proveUndone = (nodeName: string, before: string, after: string): Proof => {
  const linesBefore = before.split('\n');
  const differing = after.split('\n').filter((line, index) => line !== linesBefore[index]).length;
  return {
    claim: `node ${nodeName} and all budgets are exactly as before: spec, labels, annotations, taints, finalizers`,
    holds: before === after,
    evidence: before === after ? `${linesBefore.length} lines compared, no differences` : `${differing} lines differ`,
  };
};
