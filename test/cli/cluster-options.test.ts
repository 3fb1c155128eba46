import { describe, expect, it } from '@jest/globals';
import {
  loadClusterConfiguration,
  loadServedClusters,
  toClusterWords,
  type ClusterOptions,
} from '../../src/cli/cluster-options.ts';

describe('loadClusterConfiguration', () => {
  it.each<readonly [string, ClusterOptions, object]>([
    ['no flag', {}, { kind: 'kubeconfig', path: '/env' }],
    ['--kubeconfig', { kubeconfig: '/flag' }, { kind: 'kubeconfig', path: '/flag' }],
    ['--context', { context: 'blue' }, { kind: 'kubeconfig', path: '/env', context: 'blue' }],
    ['both', { kubeconfig: '/flag', context: 'blue' }, { kind: 'kubeconfig', path: '/flag', context: 'blue' }],
  ])('%s decides before KUBECONFIG', (_name, options, expected) => {
    const { clusters } = loadClusterConfiguration({ environment: { KUBECONFIG: '/env' } }, 'default', options);
    expect(clusters).toEqual({ default: expected });
  });
});

describe('loadServedClusters', () => {
  it('takes a cluster from the flags', () => {
    const { clusters } = loadServedClusters({ environment: { KUBECONFIG: '/env' } }, 'east', { context: 'blue' });
    expect(clusters).toEqual({ east: { kind: 'kubeconfig', path: '/env', context: 'blue' } });
  });

  it('takes none from KUBECONFIG alone', () => {
    expect(() => loadServedClusters({ environment: { KUBECONFIG: '/env' } }, 'default', {})).toThrow(
      'unique in the Temporal namespace',
    );
  });
});

describe('toClusterWords', () => {
  it.each<readonly [string, ClusterOptions, string]>([
    ['default', {}, ''],
    ['east', {}, ''],
    ['default', { context: 'prod' }, ' --context prod'],
    ['east', { kubeconfig: '/a/b' }, ' --cluster east --kubeconfig /a/b'],
    [
      'default',
      { kubeconfig: "/it's here", context: 'arn:aws:eks:eu-1:1:cluster/x' },
      " --kubeconfig '/it'\\''s here' --context arn:aws:eks:eu-1:1:cluster/x",
    ],
  ])('%s %j: %j', (name, options, expected) => {
    expect(toClusterWords(name, options)).toBe(expected);
  });
});
