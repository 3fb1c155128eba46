import { createHash } from 'node:crypto';

import { SIMULATED_NODE_ANNOTATION } from '../control-plane/kwok.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

export interface NodeFixture {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Quantities by resource name, over the default of 32 CPUs, 128 GiB and 110 pods; all of it is allocatable. */
  readonly capacity?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  readonly unschedulable?: boolean;
  /** Default: none. */
  readonly providerID?: string;
}

/** A simulated node that is Ready from the start. Its machine and system IDs derive from its name, so a recreated node has the same. */
export const node = (fixture: NodeFixture): KubernetesObject => {
  const resources = { cpu: '32', memory: '128Gi', pods: '110', 'ephemeral-storage': '1Ti', ...fixture.capacity };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: fixture.name,
      labels: {
        'kubernetes.io/hostname': fixture.name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        ...WRITTEN_BY_CONTROLLERS.labels,
        ...fixture.labels,
      },
      annotations: { ...SIMULATED_NODE_ANNOTATION, ...WRITTEN_BY_CONTROLLERS.annotations, ...fixture.annotations },
    },
    spec: {
      ...(fixture.providerID === undefined ? {} : { providerID: fixture.providerID }),
      ...(fixture.taints === undefined ? {} : { taints: fixture.taints }),
      ...(fixture.unschedulable === undefined ? {} : { unschedulable: fixture.unschedulable }),
    },
    status: {
      capacity: resources,
      allocatable: resources,
      addresses: [
        { type: 'InternalIP', address: '127.0.0.1' },
        { type: 'Hostname', address: fixture.name },
      ],
      conditions: toConditions(),
      nodeInfo: toNodeInfo(fixture.name),
    },
  };
};

/** Controllers would add these a moment later; a comparison of the node before and after would report them as changes. */
const WRITTEN_BY_CONTROLLERS = {
  labels: { 'beta.kubernetes.io/os': 'linux', 'beta.kubernetes.io/arch': 'amd64' },
  annotations: { 'node.alpha.kubernetes.io/ttl': '0' },
};

const toConditions = (): object[] => {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const toCondition = (type: string, status: string, reason: string): object => ({
    type,
    status,
    reason,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  });
  return [
    toCondition('Ready', 'True', 'KubeletReady'),
    toCondition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
    toCondition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
    toCondition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
  ];
};

const toNodeInfo = (name: string): Record<string, string> => {
  const toId = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
  return {
    machineID: toId(`machine ${name}`),
    systemUUID: toId(`system ${name}`),
    bootID: toId(`boot ${name}`),
    architecture: 'amd64',
    operatingSystem: 'linux',
    osImage: 'simulated',
    kernelVersion: 'simulated',
    containerRuntimeVersion: 'simulated://1',
    kubeletVersion: 'v1.36.3',
    kubeProxyVersion: '',
  };
};
