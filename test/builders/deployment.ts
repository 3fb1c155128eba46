import type { DeploymentFacts } from '../../src/domain/cluster/facts.ts';
import { SURGE_LABEL } from '../../src/domain/cluster/annotations.ts';
import { toSurgeLabel } from '../../src/domain/surge/surge-label.ts';
import { selector } from './workload.ts';

/** Deployment `web` with one replica that is available, the same object as `workload({ replicas: 1 })`. */
export const deployment = (overrides: Partial<DeploymentFacts> = {}): DeploymentFacts => ({
  namespace: 'default',
  name: 'web',
  uid: 'uid-Deployment-web',
  resourceVersion: '1',
  labels: {},
  selector: selector({ app: 'web' }),
  replicas: 1,
  strategy: 'RollingUpdate',
  paused: false,
  generation: 1,
  observedGeneration: 1,
  podCount: 1,
  updatedCount: 1,
  readyCount: 1,
  availableCount: 1,
  ...overrides,
});

/** The same with two replicas, as task `task-1` scales it; both are available. */
export const surgedDeployment = (overrides: Partial<DeploymentFacts> = {}, taskId = 'task-1'): DeploymentFacts =>
  deployment({
    labels: { [SURGE_LABEL]: toSurgeLabel(taskId, 'uid-Deployment-web') },
    replicas: 2,
    podCount: 2,
    updatedCount: 2,
    readyCount: 2,
    availableCount: 2,
    ...overrides,
  });
