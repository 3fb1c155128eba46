import type { ServiceFacts } from '../../src/domain/cluster/service.ts';

/** Service `default/web` over the pods `app=web`. */
export const service = (overrides: Partial<ServiceFacts> = {}): ServiceFacts => ({
  namespace: 'default',
  name: 'web',
  selector: { app: 'web' },
  clusterIPs: ['10.96.0.7'],
  externalAddresses: [],
  ...overrides,
});
