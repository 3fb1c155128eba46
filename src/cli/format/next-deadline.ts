import type { JoinedNodeStatus, JoinedStatus } from '../../client/join-status.ts';

/**
 * RFC 3339: until when the drain that is under way has time, the first of several. Undefined while no time runs: nothing is being
 * evicted, the request sets no limit, or a pause holds it. Pure.
 */
export const toNextDeadline = ({ phase, nodes }: JoinedStatus): string | undefined => {
  if (phase !== 'Draining') return undefined;
  const deadlines = nodes.filter(isEvicting).map(({ drainDeadlineAt }) => drainDeadlineAt);
  return deadlines.filter((deadline) => deadline !== undefined).sort()[0];
};

const isEvicting = ({ steps }: JoinedNodeStatus): boolean =>
  steps.some(({ name, status }) => name === 'evict' && status === 'Running');
