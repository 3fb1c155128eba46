import { describe, expect, it } from '@jest/globals';
import { overrideCluster, type ClusterOverride, type OverriddenSettings } from '../../src/config/cluster-override.ts';

const configured = { kind: 'kubeconfig', path: '/configured', context: 'blue' } as const;
const inCluster = { kind: 'inCluster' } as const;

describe('overrideCluster', () => {
  it.each<
    readonly [
      name: string,
      flags: Omit<ClusterOverride, 'cluster'>,
      overridden: OverriddenSettings,
      expected: object | undefined,
    ]
  >([
    ['nothing: the configuration holds', {}, { settings: configured, fallbackPath: '/env' }, configured],
    ['nothing, and nothing is configured', {}, { fallbackPath: '/env' }, undefined],
    [
      'a kubeconfig: the configured context does not apply to it',
      { kubeconfig: '/flag' },
      { settings: configured },
      { kind: 'kubeconfig', path: '/flag' },
    ],
    [
      'both',
      { kubeconfig: '/flag', context: 'green' },
      { settings: configured },
      { kind: 'kubeconfig', path: '/flag', context: 'green' },
    ],
    [
      'a context: of the configured kubeconfig',
      { context: 'green' },
      { settings: configured, fallbackPath: '/env' },
      { kind: 'kubeconfig', path: '/configured', context: 'green' },
    ],
    [
      'a context of a cluster that is not configured: of KUBECONFIG',
      { context: 'green' },
      { fallbackPath: '/env' },
      { kind: 'kubeconfig', path: '/env', context: 'green' },
    ],
    [
      'a context instead of in-cluster credentials: of KUBECONFIG',
      { context: 'green' },
      { settings: inCluster, fallbackPath: '/env' },
      { kind: 'kubeconfig', path: '/env', context: 'green' },
    ],
    [
      'a kubeconfig instead of in-cluster credentials',
      { kubeconfig: '/flag' },
      { settings: inCluster },
      { kind: 'kubeconfig', path: '/flag' },
    ],
    [
      'a kubeconfig: the limit of the cluster holds',
      { kubeconfig: '/flag' },
      { settings: { ...inCluster, maxConcurrentNodes: 2 } },
      { kind: 'kubeconfig', path: '/flag', maxConcurrentNodes: 2 },
    ],
    ['a context without any kubeconfig', { context: 'green' }, { settings: inCluster }, undefined],
  ])('%s', (_name, flags, overridden, expected) => {
    expect(overrideCluster({ cluster: 'default', ...flags }, overridden)).toEqual(expected);
  });
});
