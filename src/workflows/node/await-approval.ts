import { condition } from '@temporalio/workflow';
import { describeApproval } from '../../domain/steering/judge-approval.ts';
import type { ApprovalPoint } from '../../domain/steering/steering.ts';
import { nodeAwaitsSignal } from '../messages.ts';
import type { NodeState } from './node-state.ts';

/**
 * Waits for an approval, if the request asks for one at this point; the task is notified.
 * @throws CancelledFailure
 */
export const awaitApproval = async (state: NodeState, point: ApprovalPoint): Promise<void> => {
  const { steering, input } = state;
  if (input.task.request.approval !== point || steering.isApproved(point)) return;
  const { nodeName } = state.target;
  steering.awaits = point;
  state.setMessage(describeApproval(nodeName, point));
  await state.signalTask(nodeAwaitsSignal, { nodeName, point });
  try {
    await condition(() => steering.isApproved(point));
  } finally {
    // Also when it is cancelled.
    steering.awaits = undefined;
  }
  state.setMessage(`node ${nodeName} was approved and continues`);
  await state.signalTask(nodeAwaitsSignal, { nodeName, point: '' });
};
