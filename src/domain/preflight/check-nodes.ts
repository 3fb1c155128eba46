import type { NodeFacts } from '../cluster/facts.ts';
import type { PreflightFacts } from './facts.ts';
import type { AssessedNode, Assessment } from './assessment.ts';
import { findControlPlaneSign } from './control-plane.ts';
import { findNodeOwner } from './node-owners.ts';
import type { Observation } from './findings.ts';

/** What speaks against taking these nodes away, whatever runs on them. */
export const checkNodes = (facts: PreflightFacts, { nodes }: Assessment): readonly Observation[] => [
  ...missingNodes(facts),
  ...nodes.flatMap((assessed) => [
    ...checkState(assessed.node),
    ...checkRole(assessed),
    ...checkLock(assessed.node, facts),
    ...checkDeletion(assessed.node, facts),
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
      message: `cluster ${request.cluster} has no node ${nodeName}: already removed? Check the name and the cluster, then leave it out`,
    }));

const checkState = (node: NodeFacts): readonly Observation[] => {
  const observations: Observation[] = [];
  if (node.deleting) {
    observations.push(
      about(node, 'NodeIsDeleting', `node ${node.name} is already being deleted: see which finalizer holds it`),
    );
  }
  if (!node.ready) {
    observations.push(
      about(
        node,
        'NodeNotReady',
        `node ${node.name} is not Ready, so its pods could not end: repair its kubelet first`,
      ),
    );
  }
  if (node.finalizers.length > 0) {
    const names = node.finalizers.join(', ');
    observations.push(
      about(
        node,
        'NodeHasFinalizers',
        `node ${node.name} has finalizers (${names}): its deletion starts their owner's logic, so use that`,
      ),
    );
  }
  if (node.unschedulable) {
    observations.push(
      about(node, 'AlreadyUnschedulable', `node ${node.name} is cordoned already and stays so if the run is undone`),
    );
  }
  return observations;
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
        `node ${node.name} carries the control plane or etcd (${sign}): remove it with the tool that made the cluster`,
      ),
    );
  }
  const owner = findNodeOwner(node);
  if (owner !== undefined) {
    observations.push(
      about(
        node,
        'ForeignOwner',
        `node ${node.name} belongs to ${owner.name}, which would act on its deletion: ${owner.instead} instead`,
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
      const message = `node ${node.name} still has the lock of ${lock.holder}, whose workflow is closed: it is taken over`;
      return [{ ...about(node, 'NodeLocked', message), asSeverity: 'warning' }];
    }
    case 'open':
      return [about(node, 'NodeLocked', `node ${node.name} is held by ${lock.holder}: wait for it or cancel it`)];
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
      `the API server refuses a dry run of the deletion of node ${node.name} (${dryRun.message}): see the webhook or policy that says no`,
    ),
  ];
};
