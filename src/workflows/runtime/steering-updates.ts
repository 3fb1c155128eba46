import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import { FailureType } from '../../domain/run/failures.ts';
import type { RunStatus } from '../../domain/run/status.ts';
import { readSteering, type Steering, type SteeringAction } from '../../domain/steering/steering.ts';
import { approveUpdate, forcePodUpdate, retryPodUpdate, skipPodUpdate, skipReplacementsUpdate } from '../messages.ts';

const POD = '{"by": "…", "reason": "…", "namespace": "…", "name": "…"}';

const DESCRIPTIONS: Readonly<Record<SteeringAction, string>> = {
  approve:
    'Continues the nodes that wait for an approval, or one of them. {"by": "…", "reason": "…", "nodeName": "…"} For a dead node, "machineIsOff": true confirms that its machine is powered off.',
  retryPod: `Sends the eviction of a pod again now, also before the work of its Job has ended; ends a skip. ${POD}`,
  skipPod: `Does not evict a pod; its node waits until the pod is gone. ${POD}`,
  forcePod: `Deletes a pod with its own grace period, whatever its budgets allow. ${POD}`,
  skipReplacements:
    'Does not wait any longer until replacements are Ready: of one workload, or of all that the node waits for. {"by": "…", "reason": "…", "namespace": "…", "name": "…"}',
};

const UPDATES = { retryPod: retryPodUpdate, skipPod: skipPodUpdate, forcePod: forcePodUpdate } as const;

/**
 * Handles `approve`, `retryPod`, `skipPod`, `forcePod` and `skipReplacements`. `judge`: why a message is refused, before it is accepted: a
 * refused one leaves nothing in state and history. `apply`: carries it out.
 */
export const installSteering = (
  judge: (message: Steering) => string | undefined,
  apply: (message: Steering) => Promise<RunStatus> | RunStatus,
): void => {
  const toHandler = (action: SteeringAction) => (argument: unknown) => apply(read(action, argument));
  const toOptions = (action: SteeringAction) => ({
    description: DESCRIPTIONS[action],
    validator: (argument: unknown): void => {
      const refusal = judge(read(action, argument));
      if (refusal !== undefined) throw refused(refusal);
    },
  });
  setHandler(approveUpdate, toHandler('approve'), toOptions('approve'));
  setHandler(skipReplacementsUpdate, toHandler('skipReplacements'), toOptions('skipReplacements'));
  for (const action of ['retryPod', 'skipPod', 'forcePod'] as const)
    setHandler(UPDATES[action], toHandler(action), toOptions(action));
};

/** @throws ApplicationFailure `InvalidInput`, not retryable */
const read = (action: SteeringAction, argument: unknown): Steering => {
  const message = readSteering(action, argument);
  if (typeof message === 'string') throw refused(message);
  return message;
};

/** What an update that is refused throws. */
export const refused = (sentence: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(sentence, FailureType.InvalidInput);
