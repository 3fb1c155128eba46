import type { HostFacts, HostUnit } from '../../src/domain/host-facts.ts';
import type { HostOrder } from '../../src/domain/host-order.ts';
import { RUNTIME_UNITS } from '../../src/domain/host-units.ts';
import { CLUSTER_IDENTITY } from '../fakes/fake-cluster.ts';
import { nodeTarget } from './task-context.ts';

export const hostUnit = (overrides: Partial<HostUnit> = {}): HostUnit => ({
  name: 'kubelet.service',
  loadState: 'loaded',
  activeState: 'active',
  unitFileState: 'enabled',
  ...overrides,
});

/** The host of the node that `hostOrder` names, in service: kubelet and containerd run. */
export const hostFacts = (overrides: Partial<HostFacts> = {}): HostFacts => ({
  machineID: 'machine-1',
  systemUUID: 'system-1',
  bootID: 'boot-1',
  hostName: 'node-1',
  addresses: ['10.0.0.1'],
  kubeletIdentity: { commonName: 'system:node:node-1', caHash: CLUSTER_IDENTITY.caHash },
  controlPlaneSigns: [],
  isRoot: true,
  hasSystemd: true,
  units: [hostUnit(), hostUnit({ name: 'containerd.service' })],
  runtimes: [{ kind: 'containerd', tool: 'crictl', answers: true, foreignContainerCount: 0 }],
  sandboxCount: 1,
  containerCount: 1,
  shimPids: [100],
  busyPodCgroups: ['/kubepods/pod1'],
  mounts: [],
  kubeletPortIsOpen: true,
  credentialPaths: ['/etc/kubernetes/kubelet.conf'],
  ...overrides,
});

/** The same host with nothing of the cluster left, proven by this run's marker. */
export const cleanHostFacts = (overrides: Partial<HostFacts> = {}): HostFacts => {
  const { kubeletIdentity: _gone, ...facts } = hostFacts();
  const off = { loadState: 'masked', activeState: 'inactive', unitFileState: 'masked' };
  return {
    ...facts,
    marker: { operationId: 'operation-1', ...hostOrder().target, caHash: CLUSTER_IDENTITY.caHash },
    units: [hostUnit(off), ...RUNTIME_UNITS.map(({ name }) => hostUnit({ name, ...off }))],
    runtimes: [{ kind: 'containerd', tool: 'crictl', answers: false, foreignContainerCount: 0 }],
    sandboxCount: 0,
    containerCount: 0,
    shimPids: [],
    busyPodCgroups: [],
    kubeletPortIsOpen: false,
    credentialPaths: [],
    ...overrides,
  };
};

export const hostOrder = (overrides: Partial<HostOrder> = {}): HostOrder => ({
  target: nodeTarget({ machineID: 'machine-1' }),
  systemUUID: 'system-1',
  bootID: 'boot-1',
  addresses: ['InternalIP=10.0.0.1', 'Hostname=node-1'],
  operationId: 'operation-1',
  ...overrides,
});
