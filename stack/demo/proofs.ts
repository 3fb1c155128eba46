import pc from 'picocolors';
import type { AuditEvent } from '../control-plane/audit-log.ts';
import type { Stack } from '../stack.ts';

/** One thing that the demo claims, and what the API server says of it. */
export interface Proof {
  readonly claim: string;
  readonly holds: boolean;
  readonly evidence: string;
}

/** Prints proofs as a list. Returns how many do not hold. */
export const showProofs = (proofs: readonly Proof[]): number => {
  for (const { claim, holds, evidence } of proofs) {
    process.stdout.write(
      `  ${holds ? pc.green('proved') : pc.red('NOT SO')}  ${claim}\n          ${pc.dim(evidence)}\n`,
    );
  }
  return proofs.filter(({ holds }) => !holds).length;
};

/** What the command line made of it: 0 done, 1 put back. Without this a drain that never began would look as one that was put back. */
export const proveEnding = (claim: string, exitCode: number | null, expected: number): Proof => ({
  claim,
  holds: exitCode === expected,
  evidence: `exit code ${exitCode ?? 'none'}, expected ${expected}`,
});

/** Reads from the audit log that our worker wrote to the Node at least twice: to take it, and to put it back. */
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
    claim: `node ${nodeName} was really taken before it was put back`,
    holds: writes.length >= 2,
    evidence: `audit log: ${writes.length} writes of ours to the node`,
  };
};

/** Asks the API server whether the Node is there. */
export const proveNodeGone = async (stack: Stack, nodeName: string): Promise<Proof> => {
  const { status } = await stack.api.request('GET', `/api/v1/nodes/${nodeName}`);
  return {
    claim: `Node ${nodeName} is gone`,
    holds: status === 404,
    evidence: `GET /api/v1/nodes/${nodeName}: ${status}`,
  };
};

/** Reads from the audit log which evictions the API server carried out. */
export const proveEvictedOnce = (events: readonly AuditEvent[], podUids: readonly string[]): Proof => {
  const accepted = events.filter(
    ({ objectRef, responseStatus }) => objectRef?.subresource === 'eviction' && responseStatus?.code === 201,
  );
  const uids = accepted.map(({ requestObject }) => requestObject?.deleteOptions?.preconditions?.uid ?? '');
  const holds =
    uids.length === podUids.length && new Set(uids).size === uids.length && uids.every((uid) => podUids.includes(uid));
  return {
    claim: 'every pod that was on the node was evicted exactly once, and no other',
    holds,
    evidence: `audit log: ${accepted.length} evictions with 201, ${new Set(uids).size} different UIDs, ${podUids.length} pods were on the node`,
  };
};

/** Compares the lowest number of Ready pods that was seen with what the budgets ask for. */
export const proveAvailability = (
  lowest: ReadonlyMap<string, number>,
  needed: Readonly<Record<string, number>>,
): Proof => {
  const apps = Object.keys(needed);
  return {
    claim: 'no workload ever had fewer Ready pods than its budget asks for',
    holds: apps.every((app) => (lowest.get(app) ?? 0) >= (needed[app] ?? 0)),
    evidence: apps
      .map((app) => `${app}: never below ${lowest.get(app) ?? 0} Ready, needed ${needed[app] ?? 0}`)
      .join('; '),
  };
};

/** No budget carries a mark of ours any more. */
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
    claim: 'our budgets are gone, those of the owners are still there',
    holds: marked.length === 0 && ours.length === 0 && names.length > 0,
    evidence: `budgets in the cluster: ${names.join(', ') || 'none'}`,
  };
};

/** What "put back exactly" compares: everything that a person or a controller set, not versions and status. */
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
    evidence: before === after ? `${linesBefore.length} lines compared, none differs` : `${differing} lines differ`,
  };
};
