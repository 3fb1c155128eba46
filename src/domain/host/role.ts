import type { HostFacts } from './facts.ts';

/**
 * Why this host must not be taken out of service as a worker: whatever its Node's labels say, it is (also) a control-plane or etcd host.
 * Whole sentences; empty when nothing speaks against it.
 */
export const judgeHostRole = ({ controlPlaneSigns }: HostFacts): readonly string[] =>
  controlPlaneSigns.length === 0
    ? []
    : [
        `The host is part of a control plane or of etcd (${controlPlaneSigns.join('; ')}): removing it could cost the cluster its quorum. ` +
          'Remove the control-plane node with the tool that made it.',
      ];
