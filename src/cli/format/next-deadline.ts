import type { JoinedNodeStatus, JoinedStatus } from '../../client/join-status.ts';

/**
 * The deadline of the current drain (RFC 3339), the earliest of several. Undefined while no deadline applies: nothing is being evicted,
 * the request sets no limit, or the decommission is paused. Pure.
 */
export const toNextDeadline = ({ phase, nodes }: JoinedStatus): string | undefined => {
  if (phase !== 'Draining') return undefined;
  const deadlines = nodes.filter(isEvicting).map(({ drainDeadlineAt }) => drainDeadlineAt);
  return deadlines.filter((deadline) => deadline !== undefined).sort()[0];
};

const isEvicting = ({ steps }: JoinedNodeStatus): boolean =>
  steps.some(({ name, status }) => name === 'evict' && status === 'Running');
