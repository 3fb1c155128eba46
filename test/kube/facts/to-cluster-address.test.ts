import { describe, expect, it } from '@jest/globals';
import { toClusterAddress } from '../../../src/kube/facts/to-cluster-address.ts';

const raw = { context: 'prod', server: 'https://10.0.0.1:6443', version: 'v1.37.0' };

describe('toClusterAddress', () => {
  it.each([
    ['context, server and version', {}, raw],
    [
      'a path, as a proxy in front of several clusters has',
      { server: 'https://proxy/k8s/c-1/' },
      { ...raw, server: 'https://proxy/k8s/c-1' },
    ],
    ['no user information', { server: 'https://ann:secret@10.0.0.1:6443' }, raw],
    ['no query and no fragment', { server: 'https://10.0.0.1:6443/?token=secret#secret' }, raw],
    ['nothing of a server that is no URL', { server: 'secret@10.0.0.1' }, { ...raw, server: '' }],
    ['no control characters of a context', { context: 'pr\u001bod' }, raw],
  ])('has %s', (_name, changes, expected) => {
    expect(toClusterAddress({ ...raw, ...changes })).toEqual(expected);
  });

  it.each([
    ['a pod without a context', { context: undefined }, 'context'],
    ['an empty context', { context: '' }, 'context'],
    ['an API server that reports no version', { version: undefined }, 'version'],
    ['a version that is no text', { version: 1.37 }, 'version'],
    ['a version that would disturb a terminal', { version: 'v1\u001b[2J' }, 'version'],
  ])('leaves out what is unknown: %s', (_name, changes, absent) => {
    expect(toClusterAddress({ ...raw, ...changes })).not.toHaveProperty(absent);
  });
});
