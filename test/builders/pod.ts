import type { OwnerReference, PodFacts } from '../../src/domain/cluster/facts.ts';

/** A running, ready pod of ReplicaSet `web-1` on `node-1` in namespace `default`; its UID follows its name. */
export const pod = (overrides: Partial<PodFacts> = {}): PodFacts => {
  const name = overrides.name ?? 'web-1-a';
  return {
    namespace: 'default',
    name,
    uid: `uid-${overrides.namespace ?? 'default'}-${name}`,
    resourceVersion: '1',
    nodeName: 'node-1',
    ips: [],
    phase: 'Running',
    ready: true,
    finalizers: [],
    controller: owner('apps/v1', 'ReplicaSet', 'web-1'),
    labels: { app: 'web' },
    annotations: {},
    mirror: false,
    tolerations: [],
    nodeSelector: {},
    requiredPodAffinity: [],
    requiredSpreadKeys: [],
    requests: { cpu: 100, memory: 64 * 1024 * 1024 },
    hostNetwork: false,
    emptyDirVolumes: [],
    persistentVolumeClaims: [],
    ephemeralClaims: [],
    inlineDisks: [],
    schedulerName: 'default-scheduler',
    schedulingGated: false,
    priority: 0,
    priorityClassName: '',
    terminationGracePeriodSeconds: 30,
    waitingReason: '',
    ...overrides,
  };
};

/** The same without a controller. */
export const barePod = (overrides: Partial<PodFacts> = {}): PodFacts => {
  const facts: { -readonly [Key in keyof PodFacts]: PodFacts[Key] } = pod({
    name: 'bare',
    labels: { app: 'bare' },
    ...overrides,
  });
  delete facts.controller;
  return facts;
};

/** A controlling owner reference; its UID is `uid-<kind>-<name>`, the same that the workload builder gives. */
export const owner = (apiVersion: string, kind: string, name: string): OwnerReference => ({
  apiVersion,
  kind,
  name,
  uid: `uid-${kind}-${name}`,
  controller: true,
});
