import type { HostFacts } from '../../src/domain/host/facts.ts';
import type { HostTarget } from '../../src/domain/host/target.ts';
import { CLUSTER_IDENTITY } from '../fakes/fake-cluster.ts';
import { cleanHostFacts, hostFacts } from './host-facts.ts';
import { nodeTarget } from './task-context.ts';

const { machineID, systemUUID, bootID } = hostFacts();

/** The host that the `hostFacts` builder creates. */
export const hostTarget = (overrides: Partial<HostTarget> = {}): HostTarget => ({
  target: nodeTarget({ machineID }),
  systemUUID,
  bootID,
  addresses: ['InternalIP=10.0.0.5', 'Hostname=node-1'],
  operationId: 'operation-1',
  ...overrides,
});

/** That host in service, on the cluster that `FakeCluster` simulates. */
export const provenHostFacts = (overrides: Partial<HostFacts> = {}): HostFacts =>
  hostFacts({
    kubeletIdentity: { commonName: 'system:node:node-1', caHashes: CLUSTER_IDENTITY.caHashes },
    ...overrides,
  });

/** That host after its cleanup, proven by the run's marker. */
export const markedHostFacts = (overrides: Partial<HostFacts> = {}): HostFacts =>
  cleanHostFacts({
    marker: { operationId: 'operation-1', ...hostTarget().target, caHashes: CLUSTER_IDENTITY.caHashes },
    ...overrides,
  });
