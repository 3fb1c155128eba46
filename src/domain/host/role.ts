import type { HostIdentityFacts } from './facts.ts';

/**
 * Why this host must not be removed as a worker: it is (also) a control-plane or etcd host, whatever the labels of its Node are.
 * Whole sentences; empty for a worker.
 */
export const judgeHostRole = ({ controlPlaneSigns }: HostIdentityFacts): readonly string[] =>
  controlPlaneSigns.length === 0
    ? []
    : [
        `The host is part of a control plane or of etcd (${controlPlaneSigns.join('; ')}): the cluster could lose its quorum without it. ` +
          'Remove the control-plane node with the tool that created the cluster.',
      ];
