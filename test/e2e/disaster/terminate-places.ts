import type { StepName } from '../../../src/domain/run/report.ts';
import type { DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { Stack } from '../../../stack/stack.ts';
import { toVolumeAttachmentPath } from '../harness/attached-volume.ts';
import { awaitBlockedDrain } from '../harness/blocked-drain.ts';
import {
  blockRequests,
  budgetCreation,
  nodeChange,
  nodeDeletion,
  type RequestFilter,
} from '../harness/blocked-requests.ts';
import { hasFailedDeletion, volumeScene } from '../harness/cancel-scenes.ts';
import type { Harness, Run } from '../harness/harness.ts';
import { awaitNodeGone, awaitStep } from '../harness/progress.ts';
import { halfBlockedScene, webScene, type Scene } from '../harness/scene.ts';
import { toNodeWorkflowId } from '../../../src/domain/run/workflow-ids.ts';

/** A step in which a run is held until it is released. */
export interface Place {
  readonly step: StepName;
  /** Whether the workflow of the node runs by then. */
  readonly hasNodeWorkflow: boolean;
  readonly toScene: (nodeName: string) => Scene;
  readonly request?: Partial<DecommissionRequest>;
  /** Before the run starts. */
  readonly prepare?: (stack: Stack, nodeName: string) => Promise<void>;
  /** Resolves when the run is in that step. */
  readonly reach: (harness: Harness, run: Run, nodeName: string) => Promise<void>;
  /** Lets the step end. */
  readonly release: (stack: Stack, nodeName: string) => Promise<void>;
}

const toWebScene = (nodeName: string): Scene => webScene(nodeName);

const block =
  (toFilter: (nodeName: string) => RequestFilter): NonNullable<Place['prepare']> =>
  async (stack, nodeName) => {
    await blockRequests(stack, toFilter(nodeName));
  };

const unblock =
  (toFilter: (nodeName: string) => RequestFilter): Place['release'] =>
  (stack, nodeName) =>
    stack.api.delete(
      `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${toFilter(nodeName).name}`,
    );

const toTrialFilter = (nodeName: string): RequestFilter => nodeDeletion(nodeName);
const toDeletionFilter = (nodeName: string): RequestFilter => nodeDeletion(nodeName, { exceptTrials: true });
const toBudgetFilter = (nodeName: string): RequestFilter => budgetCreation(nodeName, 'web-pdb');
const toCordonFilter = (nodeName: string): RequestFilter => nodeChange(nodeName, { cordonOnly: true });

const releaseBudget: Place['release'] = async (stack, nodeName) => {
  const path = `/apis/policy/v1/namespaces/${nodeName}/poddisruptionbudgets/web`;
  await stack.api.patch(path, { spec: { maxUnavailable: 1 } });
};

const reachDeletion: Place['reach'] = async (harness, run, nodeName) => {
  const mark = harness.stack.markAudit();
  await awaitStep(harness, run, nodeName, 'deleteNode');
  await awaitCondition('a deletion was tried', () => hasFailedDeletion(harness, nodeName, mark), {
    intervalMilliseconds: 500,
  });
};

export const PLACES: readonly Place[] = [
  {
    step: 'preflight',
    hasNodeWorkflow: false,
    toScene: toWebScene,
    prepare: block(toTrialFilter),
    reach: (harness, run, nodeName) => awaitStep(harness, run, nodeName, 'preflight'),
    release: unblock(toTrialFilter),
  },
  {
    step: 'budgets',
    hasNodeWorkflow: false,
    toScene: toWebScene,
    prepare: block(toBudgetFilter),
    reach: (harness, run, nodeName) => awaitStep(harness, run, nodeName, 'budgets'),
    release: unblock(toBudgetFilter),
  },
  {
    step: 'cordon',
    hasNodeWorkflow: false,
    toScene: toWebScene,
    prepare: block(toCordonFilter),
    reach: (harness, run, nodeName) => awaitStep(harness, run, nodeName, 'cordon'),
    release: unblock(toCordonFilter),
  },
  {
    step: 'evict',
    hasNodeWorkflow: true,
    toScene: halfBlockedScene,
    // The budget would refuse the run.
    request: { preflight: 'skip' },
    reach: (harness, _run, nodeName) => awaitBlockedDrain(harness, toNodeWorkflowId('default', nodeName), 2, 4),
    release: releaseBudget,
  },
  {
    step: 'detach',
    hasNodeWorkflow: true,
    toScene: volumeScene,
    reach: (harness, run, nodeName) => awaitStep(harness, run, nodeName, 'detach'),
    release: (stack, nodeName) => stack.api.delete(toVolumeAttachmentPath(nodeName)),
  },
  {
    step: 'deleteNode',
    hasNodeWorkflow: true,
    toScene: toWebScene,
    prepare: block(toDeletionFilter),
    reach: reachDeletion,
    release: unblock(toDeletionFilter),
  },
  {
    step: 'finish',
    hasNodeWorkflow: true,
    toScene: toWebScene,
    reach: (harness, _run, nodeName) => awaitNodeGone(harness, nodeName),
    release: () => Promise.resolve(),
  },
];
