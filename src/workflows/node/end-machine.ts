import { CancellationScope } from '@temporalio/workflow';
import { describeRunningMachine } from '../../domain/machine/describe-machine.ts';
import { FailureType } from '../../domain/run/failures.ts';
import { machineActivities } from '../runtime/activity-options.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import { isFailureOfType } from '../runtime/failure-report.ts';
import { deleteAgain, type Deletion } from './deletion.ts';
import type { NodeState } from './node-state.ts';

const NO_HOOK = 'the configuration of the worker has no `endMachine`';

/**
 * The step `endMachine`, past the point of no return: calls the hook of the worker, parked after every failure until an operator resumes the
 * run. Without a hook, or where it could end another machine, the step is skipped, and the report has the command that ends the machine.
 * `deletion`: undefined with `deleteNode: false`, where the machine is kept. Returns the last deletion: a Node that came back is deleted again
 * before the hook is called.
 */
export const endMachine = async (state: NodeState, deletion: Deletion | undefined): Promise<Deletion | undefined> => {
  if (deletion === undefined) {
    state.skip('endMachine', 'deleteNode: false');
    return undefined;
  }
  if (state.input.task.endsMachines !== true) {
    leaveRunning(state, NO_HOOK);
    return deletion;
  }
  let last = deletion;
  let notCalled: string | undefined;
  const call = async (): Promise<string> => {
    for (let isResumed = false; ; isResumed = true) {
      try {
        const end = await callHook(state, last, isResumed);
        if (end.kind === 'NotCalled') return (notCalled = end.why);
        state.note(end.notes);
        state.machineEnd = { ...state.machine, state: 'Ended', ...definedFields({ answer: end.answer }) };
        return `the hook has ended the machine${end.answer === undefined ? '' : `; its answer: ${end.answer}`}`;
      } catch (error) {
        if (isFailureOfType(error, FailureType.NodeCameBack)) last = await deleteAgain(state, last, error);
        else await state.park(error);
      }
    }
  };
  await CancellationScope.nonCancellable(() => state.stepRegardless('endMachine', call));
  if (notCalled !== undefined) leaveRunning(state, notCalled);
  return last;
};

const callHook = (
  state: NodeState,
  { past: { isReturnSeen } }: Deletion,
  isResumed: boolean,
): ReturnType<ReturnType<typeof machineActivities>['endMachine']> => {
  const { context, waits } = state.input.task;
  const { machine } = state;
  const call = { isReturnSeen, isResumed, ...definedFields({ machine }) };
  return machineActivities(waits).endMachine(context, state.target, call);
};

/** Of a Node without a `providerID` it is unknown what it runs on: without a hook, nothing is reported of its machine. */
const leaveRunning = (state: NodeState, why: string): void => {
  const { machine } = state;
  state.skip('endMachine', describeRunningMachine(why, machine));
  if (machine !== undefined) state.machineEnd = { ...machine, state: 'StillRuns' };
};
