import { CancellationScope } from '@temporalio/workflow';
import { leavesBalancers } from '../../domain/node/balancer-label.ts';
import type { NodeReport, StepName } from '../../domain/run/report.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import { awaitApproval } from './await-approval.ts';
import { Detachment } from './detachment.ts';
import { drainNode } from './drain-node.ts';
import { isCancelledEnd, throwDefect } from '../runtime/failure-report.ts';
import type { NodeState } from './node-state.ts';
import { NodeWindow } from './node-window.ts';
import { removeNode } from './remove-node.ts';
import { endsDaemons, terminateDaemons } from './terminate-daemons.ts';
import { undoEntry } from '../runtime/undo.ts';

/**
 * The steps of one node that is already protected and cordoned. Returns a report after every failure.
 * @throws a defect: see `throwDefect`.
 */
export const walkNode = async (state: NodeState): Promise<NodeReport> => {
  CancellationScope.current().cancelRequested.catch(() => {
    state.noteCancellation();
  });
  const detachment = new Detachment(state);
  const window = new NodeWindow(state);
  try {
    window.begin();
    if (state.input.continued === undefined) await awaitApproval(state, 'beforeEviction');
    await window.awaitStart();
    await state.step('evict', () => drainNode(state, detachment));
    await state.step('detach', () => detachment.end());
    await endDaemons(state);
    await removeNode(state);
    return state.toReport('Decommissioned');
  } catch (error) {
    throwDefect(error);
    const outcome = isCancelledEnd(error) ? 'Cancelled' : 'RolledBack';
    return await CancellationScope.nonCancellable(async () => {
      await detachment.drop();
      return await undoChanges(state, outcome);
    });
  } finally {
    window.end();
  }
};

/** The second part of the step `detach`, after a pause that began in the first one. */
const endDaemons = async (state: NodeState): Promise<void> => {
  if (!endsDaemons(state)) return;
  const detached = state.toStatus().steps.find(({ name }) => name === 'detach')?.message;
  await state.step('detach', async () => {
    const ended = await terminateDaemons(state);
    return [detached ?? '', ended].filter((part) => part !== '').join('; ');
  });
};

/** Reached only before the point of no return. */
const undoChanges = async (state: NodeState, outcome: 'Cancelled' | 'RolledBack'): Promise<NodeReport> => {
  state.phase = 'Undoing';
  state.setMessage(`undoing changes to node ${state.target.nodeName}`);
  const { task, earlier } = state.input;
  const hasBegun = (step: StepName): boolean =>
    state.toStatus().steps.some(({ name, status }) => name === step && status !== 'NotExecuted');
  const entry = {
    kind: 'cordon',
    target: state.target,
    mayLeave: hasBegun('detach') && task.request.daemonSets === 'terminateLast',
    mayBeOutOfService: task.request.deadNode === 'outOfService',
    mayBeExcluded: hasBegun('evict') && leavesBalancers(task.request),
    ...definedFields({ earlier }),
  } as const;
  const [uncordoned] = await undoEntry(task.context, entry);
  if (uncordoned) state.undo.push(uncordoned);
  if (uncordoned?.status === 'Failed') return state.toReport('RollbackIncomplete');
  state.markUndone('cordon');
  return state.toReport(outcome);
};
