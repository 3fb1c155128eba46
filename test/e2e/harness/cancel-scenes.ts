import { UNSCHEDULABLE_TAINT } from '../../../src/domain/cluster/node-selector.ts';
import type { DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';
import { EXCLUDE_BALANCERS_LABEL, SCALE_DOWN_DISABLED_ANNOTATION } from '../../../src/domain/cluster/annotations.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import { deployment } from '../../../stack/cluster-fixtures/workloads.ts';
import type { AuditMark } from '../../../stack/control-plane/audit-log.ts';
import type { Stack } from '../../../stack/stack.ts';
import { budgetCreation, blockRequests, nodeChange, nodeDeletion } from './blocked-requests.ts';
import { boundVolume, toVolumeAttachmentPath, volumeAttachment } from './attached-volume.ts';
import type { Harness, Run } from './harness.ts';
import { inPool } from './node-pool.ts';
import { awaitEmpty, awaitEvictions, awaitNodeGone, awaitPhase, awaitStep } from './progress.ts';
import { halfBlockedScene, webScene, type Scene } from './scene.ts';

/** One place where a decommission is cancelled, and how it is blocked there. */
export interface CancelScene {
  /** Completes "is cancelled …". */
  readonly name: string;
  readonly scene: Scene;
  readonly request?: Partial<DecommissionRequest>;
  readonly workflowType?: string;
  /** Before the snapshot. */
  readonly prepare?: (stack: Stack) => Promise<void>;
  /** Brings the run to that place and resolves when it has reached it. */
  readonly reach: (harness: Harness, run: Run) => Promise<void>;
  /** Removes what would also block the undo, or the end. */
  readonly afterCancel?: (harness: Harness, run: Run) => Promise<void>;
  /** Default 0. */
  readonly evictedCount?: number;
  /** Of the node's own report, sorted. */
  readonly podOutcomes?: readonly string[];
  /** Decommissioned by the same task before the cancel. */
  readonly goneNodeNames?: readonly string[];
  /** Past the point of no return: the final state of the node. */
  readonly nodeAfter?: 'deleted' | 'drained';
}

const BY = { by: 'test', reason: 'to block it' };
/** Preflight would refuse a budget that can never allow an eviction. */
/** Its budget would refuse the run. */
const BLOCKED = { preflight: 'skip' } as const;

const pause = async (run: Run): Promise<void> => {
  await run.executeUpdate('pause', { args: [BY] });
};

/** The pods' volume stays attached as long as its VolumeAttachment exists. */
export const volumeScene = (nodeName: string): Scene => {
  const web = webScene(nodeName, { pod: { claimName: 'data' } });
  return { ...web, objects: [...boundVolume(nodeName), ...web.objects, volumeAttachment(nodeName, nodeName)] };
};

const IN_PREPARATION: readonly CancelScene[] = [
  {
    name: 'in preflight',
    scene: webScene('preflight'),
    reach: async (harness, run) => {
      await awaitStep(harness, run, 'preflight', 'preflight');
    },
    prepare: async (stack) => {
      await blockRequests(stack, nodeDeletion('preflight'));
    },
  },
  {
    name: 'between preflight and the lock, while paused',
    scene: webScene('paused-early'),
    prepare: async (stack) => {
      await blockRequests(stack, nodeDeletion('paused-early'));
    },
    reach: async (harness, run) => {
      await awaitStep(harness, run, 'paused-early', 'preflight');
      await pause(run);
      await harness.stack.api.delete(toBlockPath('delete-paused-early'));
      await awaitStep(harness, run, 'paused-early', 'preflight', 'Succeeded');
    },
  },
  {
    name: 'while it acquires its lock',
    scene: webScene('lock'),
    prepare: async (stack) => {
      await blockRequests(stack, nodeChange('lock'));
    },
    reach: (harness, run) => awaitStep(harness, run, 'lock', 'preflight', 'Succeeded'),
  },
  {
    name: 'between two of its budgets',
    scene: (({ objects, ...rest }) => ({
      ...rest,
      podCount: 4,
      objects: [...objects, deployment({ namespace: 'budgets', name: 'api', replicas: 2, pod: inPool('budgets') })],
    }))(webScene('budgets')),
    prepare: async (stack) => {
      await blockRequests(stack, budgetCreation('budgets', 'web-pdb'));
    },
    reach: async ({ stack }) => {
      const path = '/apis/policy/v1/namespaces/budgets/poddisruptionbudgets/api-pdb';
      await awaitCondition('the first budget exists', () => stack.api.find(path));
    },
  },
  {
    name: 'between budgets and cordon',
    scene: webScene('cordon'),
    prepare: async (stack) => {
      await blockRequests(stack, nodeChange('cordon', { cordonOnly: true }));
    },
    reach: (harness, run) => awaitStep(harness, run, 'cordon', 'cordon'),
  },
  {
    name: 'between the cordons of two nodes',
    scene: { ...webScene('cordons'), otherNodeNames: ['cordons-2'] },
    request: { nodeNames: ['cordons', 'cordons-2'] },
    prepare: async (stack) => {
      await blockRequests(stack, nodeChange('cordons-2', { cordonOnly: true }));
    },
    reach: (harness, run) => awaitStep(harness, run, 'cordons-2', 'cordon'),
  },
];

const IN_THE_DRAIN: readonly CancelScene[] = [
  {
    name: 'while some pods are gone and others wait for a budget',
    scene: halfBlockedScene('blocked'),
    request: BLOCKED,
    reach: (harness) => awaitEvictions(harness, 'blocked', 'api', 2),
    evictedCount: 2,
  },
  {
    name: 'while evicted pods do not terminate',
    scene: webScene('stuck', { pod: { behavior: { termination: 'never' } } }),
    reach: (harness) => awaitEvictions(harness, 'stuck', 'web', 2),
    evictedCount: 2,
    podOutcomes: ['Terminating', 'Terminating'],
  },
  {
    name: 'while paused in mid-eviction, on a node that another client had cordoned and excluded from load balancers',
    scene: halfBlockedScene('paused'),
    request: BLOCKED,
    prepare: async (stack) => {
      const annotations = { [SCALE_DOWN_DISABLED_ANNOTATION]: 'false' };
      const path = '/api/v1/nodes/paused';
      const labels = { [EXCLUDE_BALANCERS_LABEL]: 'true' };
      await stack.api.patch(path, { metadata: { annotations, labels }, spec: { unschedulable: true } });
      // The node lifecycle controller adds the taint a moment later; the snapshot to compare with must contain it.
      await awaitCondition('the cordoned node has its taint', async () => {
        const { spec } = await stack.api.read(path);
        return JSON.stringify(spec?.['taints'] ?? []).includes(UNSCHEDULABLE_TAINT.key);
      });
    },
    reach: async (harness, run) => {
      await awaitEvictions(harness, 'paused', 'api', 2);
      await pause(run);
      await awaitPhase(run, 'Paused');
    },
    evictedCount: 2,
  },
  {
    name: 'between the two checks of the empty node',
    scene: webScene('empty'),
    reach: (harness) => awaitEmpty(harness, 'empty'),
    evictedCount: 2,
  },
  {
    name: 'while volumes are attached',
    scene: volumeScene('detach'),
    reach: (harness, run) => awaitStep(harness, run, 'detach', 'detach'),
    evictedCount: 2,
  },
  {
    name: 'between detach and deleteNode, while paused',
    scene: volumeScene('paused-late'),
    reach: async (harness, run) => {
      await awaitStep(harness, run, 'paused-late', 'detach');
      await pause(run);
      await harness.stack.api.delete(toVolumeAttachmentPath('paused-late'));
      await awaitStep(harness, run, 'paused-late', 'detach', 'Succeeded');
    },
    evictedCount: 2,
  },
  {
    name: 'as a separate decommissionNode',
    scene: halfBlockedScene('alone'),
    workflowType: 'decommissionNode',
    request: BLOCKED,
    reach: (harness) => awaitEvictions(harness, 'alone', 'api', 2),
    evictedCount: 2,
  },
];

const OF_SEVERAL_NODES: readonly CancelScene[] = [
  {
    name: 'at the first of three nodes',
    scene: { ...halfBlockedScene('several'), otherNodeNames: ['several-2', 'several-3'] },
    request: { ...BLOCKED, nodeNames: ['several', 'several-2', 'several-3'] },
    reach: (harness) => awaitEvictions(harness, 'several', 'api', 2),
    evictedCount: 2,
  },
  {
    name: 'at the second of three nodes, when the first is gone',
    scene: { ...volumeScene('second'), otherNodeNames: ['second-1', 'second-3'] },
    request: { nodeNames: ['second-1', 'second', 'second-3'] },
    reach: (harness, run) => awaitStep(harness, run, 'second', 'detach'),
    goneNodeNames: ['second-1'],
    evictedCount: 2,
  },
];

const PAST_THE_POINT_OF_NO_RETURN: readonly CancelScene[] = [
  {
    name: 'in the finish of a drain without deletion',
    scene: webScene('keep'),
    request: { deleteNode: false },
    reach: async (harness, run) => {
      await awaitStep(harness, run, 'keep', 'evict');
      await blockRequests(harness.stack, nodeChange('keep'));
      await awaitStep(harness, run, 'keep', 'finish');
    },
    afterCancel: ({ stack }) => stack.api.delete(toBlockPath('change-keep')),
    evictedCount: 2,
    nodeAfter: 'drained',
  },
  {
    name: 'while the deletion gets no clear response',
    scene: volumeScene('doubt'),
    reach: async (harness, run) => {
      await awaitStep(harness, run, 'doubt', 'detach');
      const mark = harness.stack.markAudit();
      await blockRequests(harness.stack, nodeDeletion('doubt'));
      await harness.stack.api.delete(toVolumeAttachmentPath('doubt'));
      await awaitStep(harness, run, 'doubt', 'deleteNode');
      await awaitCondition('a deletion was tried', () => hasFailedDeletion(harness, 'doubt', mark), {
        intervalMilliseconds: 500,
      });
    },
    afterCancel: ({ stack }) => stack.api.delete(toBlockPath('delete-doubt')),
    evictedCount: 2,
    nodeAfter: 'deleted',
  },
  ...(['decommissionNodes', 'decommissionNode'] as const).map((workflowType, index): CancelScene => {
    const nodeName = `gone-${index + 1}`;
    return {
      name: `while it verifies that the Node does not re-register, as ${workflowType}`,
      scene: webScene(nodeName),
      workflowType,
      reach: (harness) => awaitNodeGone(harness, nodeName),
      evictedCount: 2,
      nodeAfter: 'deleted',
    };
  }),
];

const toBlockPath = (name: string): string =>
  `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${name}`;

/** Since the mark: the dry runs of preflight are no deletions. */
export const hasFailedDeletion = ({ stack }: Harness, nodeName: string, since: AuditMark): boolean =>
  stack
    .auditEvents(since)
    .some(
      ({ verb, objectRef, requestURI, responseStatus }) =>
        verb === 'delete' &&
        objectRef?.resource === 'nodes' &&
        objectRef.name === nodeName &&
        !requestURI.includes('dryRun=') &&
        responseStatus?.code === 500,
    );

export const CANCEL_SCENES: readonly CancelScene[] = [
  ...IN_PREPARATION,
  ...IN_THE_DRAIN,
  ...OF_SEVERAL_NODES,
  ...PAST_THE_POINT_OF_NO_RETURN,
];
