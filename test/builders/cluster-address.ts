import type { ClusterAddress } from '../../src/domain/cluster/facts.ts';

export const clusterAddress = (overrides: Partial<ClusterAddress> = {}): ClusterAddress => ({
  context: 'prod',
  server: 'https://10.0.0.1:6443',
  version: 'v1.37.0',
  ...overrides,
});
