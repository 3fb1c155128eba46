import type { WorkflowExecutionDescription } from '@temporalio/client';
import proto from '@temporalio/proto';
import {
  describeUnroutedWork,
  describeUnservedPin,
  type PinnedWorkflow,
  type QueueWorkers,
} from '../domain/run/worker-routing.ts';
import { toVersion } from './queue-workers.ts';

const { VersioningBehavior } = proto.temporal.api.enums.v1;

/** What the server knows of the version that a workflow needs. */
export type PlacedWorkflow = Pick<WorkflowExecutionDescription, 'workflowId' | 'raw'>;

/**
 * Why none of the workers that poll takes the next step of a workflow, with the remedy: full sentences. Undefined when one does, or when
 * nothing of the workflow is pinned and no worker polls. Without a workflow: of a new one. Pure.
 */
export const describeObstacle = (
  queue: QueueWorkers,
  workflow: PlacedWorkflow | undefined,
  namespace: string,
): string | undefined => {
  const pin = workflow && readPin(workflow);
  return pin ? describeUnservedPin(queue, pin, namespace) : describeUnroutedWork(queue, namespace);
};

/** The version that a workflow is pinned to, by itself or by an operator; undefined: the version of new work continues it. */
const readPin = ({ workflowId, raw }: PlacedWorkflow): PinnedWorkflow | undefined => {
  const info = raw.workflowExecutionInfo?.versioningInfo;
  if (!info) return undefined;
  const { versioningOverride: override, behavior, deploymentVersion } = info;
  if (override?.autoUpgrade === true) return undefined;
  const isPinned = behavior === VersioningBehavior.VERSIONING_BEHAVIOR_PINNED;
  const version = toVersion(override?.pinned?.version ?? (isPinned ? deploymentVersion : undefined));
  return version === undefined ? undefined : { workflowId, version };
};
