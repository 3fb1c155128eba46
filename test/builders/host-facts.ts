import type { HostFacts, HostRuntime, HostUnit } from '../../src/domain/host/facts.ts';
import type { HostLayout } from '../../src/domain/host/preview.ts';

export const hostUnit = (name: string, overrides: Partial<HostUnit> = {}): HostUnit => ({
  name,
  loadState: 'loaded',
  activeState: 'active',
  unitFileState: 'enabled',
  ...overrides,
});

export const absentUnit = (name: string): HostUnit =>
  hostUnit(name, { loadState: 'not-found', activeState: 'inactive', unitFileState: '' });

export const maskedUnit = (name: string): HostUnit =>
  hostUnit(name, { loadState: 'masked', activeState: 'inactive', unitFileState: 'masked' });

export const hostRuntime = (overrides: Partial<HostRuntime> = {}): HostRuntime => ({
  kind: 'containerd',
  tool: 'crictl',
  answers: true,
  endpoint: '/run/containerd/containerd.sock',
  units: [{ name: 'containerd.service', isShared: true }],
  usedBy: [],
  ...overrides,
});

/** A kubelet on the defaults. */
export const hostLayout = (overrides: Partial<HostLayout> = {}): HostLayout => ({
  facts: [
    { name: 'KUBELET_ROOT', value: '/var/lib/kubelet' },
    { name: 'KUBELET_KUBECONFIG', value: '/etc/kubernetes/kubelet.conf' },
  ],
  preview: { touched: [{ kind: 'unit', name: 'kubelet.service', detail: 'stopped, disabled and masked' }], kept: [] },
  ...overrides,
});

/** A worker with a running kubelet on containerd and no pods; its values are those of `expectedHost`. */
export const hostFacts = (overrides: Partial<HostFacts> = {}): HostFacts => ({
  machineID: '0123456789abcdef0123456789abcdef',
  systemUUID: '4c4c4544-0042-3510-8053-c3c04f4b3332',
  bootID: '5b0e9a3e-0000-4000-8000-00000000b007',
  hostName: 'node-1',
  addresses: ['10.0.0.5', 'fd00::5'],
  kubeletIdentity: { commonName: 'system:node:node-1', caHashes: ['ca-hash'] },
  controlPlaneSigns: [],
  isRoot: true,
  hasSystemd: true,
  units: [hostUnit('kubelet.service'), hostUnit('containerd.service')],
  runtime: hostRuntime(),
  sandboxCount: 0,
  containerCount: 0,
  shimPids: [],
  busyPodCgroups: [],
  mounts: [],
  volumeMounts: [],
  kubeletPortIsOpen: true,
  runningProxies: [],
  credentialPaths: [],
  layout: hostLayout(),
  unknowns: [],
  unseen: [],
  ...overrides,
});

/** The same host after its cleanup. */
export const cleanHostFacts = (overrides: Partial<HostFacts> = {}): HostFacts => {
  const { kubeletIdentity: _, ...facts } = hostFacts();
  return {
    ...facts,
    units: [
      maskedUnit('kubelet.service'),
      hostUnit('containerd.service', { activeState: 'inactive', unitFileState: 'disabled' }),
    ],
    runtime: hostRuntime({ answers: false, usedBy: undefined }),
    kubeletPortIsOpen: false,
    ...overrides,
  };
};

/** `facts` with one unit in another state. */
export const withUnit = (facts: HostFacts, unit: HostUnit): HostFacts => ({
  ...facts,
  units: [...facts.units.filter(({ name }) => name !== unit.name), unit],
});
