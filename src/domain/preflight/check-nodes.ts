import { POINT_OF_NO_RETURN_ANNOTATION } from '../cluster/annotations.ts';
import type { NodeFacts } from '../cluster/facts.ts';
import type { PreflightFacts } from './facts.ts';
import { toDeadNodeRemedy } from '../eviction/stuck-pod.ts';
import { toCountText } from '../text/counts.ts';
import { withoutFullStop } from '../text/join-sentences.ts';
import type { AssessedNode, AssessedPod } from './assess-nodes.ts';
import type { Assessment } from './assessment.ts';
import { findControlPlaneSign } from './control-plane.ts';
import { findNodeOwner } from './node-owners.ts';
import { toMachineText } from '../machine/describe-machine.ts';
import { findMachine } from '../machine/find-machine.ts';
import { findNodeClaim } from '../node/claimed-node.ts';
import { readPassedPoint } from '../node/passed-point.ts';
import type { Observation } from './findings.ts';

/** Reasons not to remove these nodes, whatever runs on them. */
export const checkNodes = (facts: PreflightFacts, { nodes }: Assessment): readonly Observation[] => [
  ...missingNodes(facts),
  ...nodes.flatMap((assessed) => [
    ...checkState(assessed, facts),
    ...checkPassedPoint(assessed.node, facts),
    ...checkRole(assessed),
    ...checkLock(assessed.node, facts),
    ...checkDeletion(assessed.node, facts),
    ...checkMachine(assessed.node, facts),
  ]),
];

const about = (node: NodeFacts, code: Observation['code'], message: string): Observation => ({
  code,
  subject: node.name,
  nodeName: node.name,
  message,
});

const missingNodes = ({ request, nodes }: PreflightFacts): readonly Observation[] =>
  request.nodeNames
    .filter((nodeName) => nodes.every(({ name }) => name !== nodeName))
    .map((nodeName) => ({
      code: 'NodeNotFound' as const,
      subject: nodeName,
      nodeName,
      message: `node ${nodeName} does not exist in cluster ${request.cluster} and may already be removed: check the names of node and cluster, or omit the node; if a run of it was terminated, \`janitor ${nodeName}\` names what it left`,
    }));

const checkState = ({ node, pods }: AssessedNode, { request }: PreflightFacts): readonly Observation[] => {
  const observations: Observation[] = [];
  if (node.deleting) {
    observations.push(
      about(
        node,
        'NodeIsDeleting',
        `node ${node.name} is already being deleted: check which finalizer blocks its deletion`,
      ),
    );
  }
  if (!node.ready) observations.push(notReady(node, pods.filter(hasToLeave).length, request));
  if (node.finalizers.length > 0) {
    const names = node.finalizers.join(', ');
    observations.push(
      about(
        node,
        'NodeHasFinalizers',
        `node ${node.name} has finalizers (${names}), so deleting it triggers other controllers: remove it with the tool that set them`,
      ),
    );
  }
  if (node.unschedulable) {
    observations.push(
      about(
        node,
        'AlreadyUnschedulable',
        `node ${node.name} is already cordoned and stays cordoned if the run is undone`,
      ),
    );
  }
  return observations;
};

const DEAD_PATH =
  'its pods are evicted within their budgets; when all that are left are terminating, the run waits until an operator confirms with `approve --machine-is-off` that its machine is powered off';
const REPORTING_PATH =
  'its kubelet still reports, so its pods have to terminate as on other nodes, and only counts as dead when it stops to report; if its pods cannot terminate, power its machine off first';

/** An earlier run may have stopped its kubelet for good, once the node was empty. */
const notReady = (node: NodeFacts, leavingCount: number, { deadNode }: PreflightFacts['request']): Observation => {
  const since = node.notReadySince === undefined ? '' : ` since ${node.notReadySince}`;
  const state = `node ${node.name} is not Ready${since}`;
  if (readPassedPoint(node.annotations) !== undefined) {
    return {
      ...about(node, 'NodeNotReady', `${state}: an earlier run may have stopped its kubelet`),
      asSeverity: 'warning',
    };
  }
  if (leavingCount === 0) {
    return { ...about(node, 'NodeNotReady', `${state}, and no pod has to leave it`), asSeverity: 'warning' };
  }
  const pods = `${state}, so ${toCountText(leavingCount, 'pod')} cannot terminate`;
  if (deadNode === 'outOfService') {
    const message = `${state}: ${node.isSilent === true ? DEAD_PATH : REPORTING_PATH}`;
    return { ...about(node, 'NodeNotReady', message), asSeverity: 'warning' };
  }
  const why = `${pods}, and a drain would only end at its deadline. ${withoutFullStop(toDeadNodeRemedy(node.name))}`;
  // Not `preflight: warn`, which would only lead to the deadline.
  return { ...about(node, 'NodeNotReady', why), override: 'deadNode: outOfService' };
};

const hasToLeave = ({ classification: { disposition, isDaemonSetPod } }: AssessedPod): boolean =>
  disposition !== 'stay' && !isDaemonSetPod;

/** What an earlier run began is continued; a drain that keeps the node would hide it. */
const checkPassedPoint = (node: NodeFacts, { request, locks }: PreflightFacts): readonly Observation[] => {
  const at = readPassedPoint(node.annotations);
  if (at === undefined || locks[node.name]?.kind === 'adopted') return [];
  const passed = `node ${node.name} passed the point of no return of an earlier run at ${at}`;
  if (!request.deleteNode) {
    const message = `${passed} and may be half removed, so it cannot be kept: start that request again, or make sure that its kubelet runs and remove annotation ${POINT_OF_NO_RETURN_ANNOTATION} from the Node`;
    return [about(node, 'PastPointOfNoReturn', message)];
  }
  const message = `${passed}: this run continues, and nothing is undone if it fails or is cancelled`;
  return [{ ...about(node, 'PastPointOfNoReturn', message), asSeverity: 'warning' }];
};

const checkRole = ({ node, pods }: AssessedNode): readonly Observation[] => {
  const observations: Observation[] = [];
  const sign = findControlPlaneSign(
    node,
    pods.map(({ pod }) => pod),
  );
  if (sign !== undefined) {
    observations.push(
      about(
        node,
        'ControlPlaneNode',
        `node ${node.name} runs the control plane or etcd (${sign}): remove it with the tool that created the cluster`,
      ),
    );
  }
  const claim = findNodeClaim(node);
  if (claim !== undefined) {
    observations.push(
      about(
        node,
        'ForeignOwner',
        `${claim.name} has begun to remove node ${node.name} (taint ${claim.taintKey}): wait until it has, or remove the taint if it no longer does`,
      ),
    );
  }
  const owner = claim === undefined ? findNodeOwner(node) : undefined;
  if (owner !== undefined) {
    observations.push(
      about(
        node,
        'ForeignOwner',
        `node ${node.name} is managed by ${owner.name}, which reacts to its deletion: ${owner.instead} instead`,
      ),
    );
  }
  return observations;
};

const checkLock = (node: NodeFacts, { locks }: PreflightFacts): readonly Observation[] => {
  const lock = locks[node.name];
  if (lock?.kind !== 'foreign') return [];
  switch (lock.takeover) {
    case 'closed': {
      const message = `node ${node.name} is still held by ${lock.holder}, whose workflow is closed: this task takes over the lock`;
      return [{ ...about(node, 'NodeLocked', message), asSeverity: 'warning' }];
    }
    case 'open':
      return [
        about(node, 'NodeLocked', `node ${node.name} is held by ${lock.holder}: wait for that task or cancel it`),
      ];
    case 'unknown':
      return [
        about(
          node,
          'NodeLocked',
          `node ${node.name} is held by ${lock.holder}, whose state cannot be read: make sure that it has ended, then unlock the node`,
        ),
      ];
  }
};

const checkDeletion = (node: NodeFacts, { nodeDeletionDryRuns }: PreflightFacts): readonly Observation[] => {
  const dryRun = nodeDeletionDryRuns[node.name];
  if (dryRun === undefined || dryRun.ok) return [];
  return [
    about(
      node,
      'NodeDeletionDenied',
      `the API server denied a dry-run deletion of node ${node.name} (${dryRun.message}): check the webhook or policy that denies it`,
    ),
  ];
};

/** Of a provider: what the deletion of the Node leaves. */
const checkMachine = (node: NodeFacts, { request }: PreflightFacts): readonly Observation[] => {
  const machine = request.deleteNode ? findMachine(node) : undefined;
  if (machine?.command === undefined) return [];
  const what = `deleting node ${node.name} leaves its machine (${toMachineText(machine)}) running and billed, and it may register again`;
  const remedy = `unless the worker ends it (\`endMachine\`): to end it afterwards, run \`${machine.command}\``;
  return [about(node, 'MachineKeepsRunning', `${what}, ${remedy}`)];
};
