import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { loadKubeConfig } from '../../../src/kube/transport/load-kube-config.ts';

let folder: string;

const file = (name: string, content: object | string): void => {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
};

const entries = (name: string, server: string, current?: string): object => ({
  clusters: [{ name, cluster: { server, 'certificate-authority': 'ca.crt' } }],
  users: [{ name, user: { token: `token-of-${name}` } }],
  contexts: [{ name, context: { cluster: name, user: name } }],
  ...(current === undefined ? {} : { 'current-context': current }),
});

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
  file('one', entries('one', 'https://one', 'one'));
  file('two', entries('two', 'https://two', 'two'));
  file('one-again', entries('one', 'https://other'));
  file('broken', 'clusters: [}\n token: secret-text');
  file('dangling', {
    ...entries('one', 'https://one', 'lost'),
    contexts: [{ name: 'lost', context: { cluster: 'x', user: 'one' } }],
  });
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const load = (names: readonly string[], context?: string): KubeConfig => {
  const kubeConfig = new KubeConfig();
  const path = names.map((name) => join(folder, name)).join(delimiter);
  loadKubeConfig('default', { kind: 'kubeconfig', path, ...(context === undefined ? {} : { context }) }, kubeConfig);
  return kubeConfig;
};

describe('loadKubeConfig', () => {
  it.each<[string, readonly string[], string | undefined, string]>([
    ['uses the current context', ['one'], undefined, 'https://one'],
    ['uses the current context of the first file that has one', ['one-again', 'two', 'one'], undefined, 'https://two'],
    ['prefers the first file', ['one', 'one-again'], undefined, 'https://one'],
    ['finds a context in a later file', ['one', 'two'], 'two', 'https://two'],
    ['skips missing files', ['none', 'one'], undefined, 'https://one'],
  ])('%s', (_name, names, context, server) => {
    expect(load(names, context).getCurrentCluster()?.server).toBe(server);
  });

  it('finds the CA file beside its kubeconfig', () => {
    expect(load(['one']).getCurrentCluster()?.caFile).toBe(join(folder, 'ca.crt'));
  });

  it.each([
    ['beside the file that names it', './bin/get-token', (folder: string) => join(folder, 'bin/get-token')],
    ['on the path', 'aws', () => 'aws'],
    ['by an absolute path', '/opt/get-token', () => '/opt/get-token'],
  ])('finds the exec plugin %s', (_name, command, toExpected) => {
    file('exec', { ...entries('one', 'https://one', 'one'), users: [{ name: 'one', user: { exec: { command } } }] });
    expect(load(['exec']).getCurrentUser()?.exec).toMatchObject({ command: toExpected(folder) });
  });

  it.each<[string, readonly string[], string | undefined, string]>([
    ['no file', ['none'], undefined, 'there is no kubeconfig at'],
    ['a file that is not YAML, without quoting it', ['broken'], undefined, 'cannot be read as a kubeconfig'],
    [
      'an unknown context, naming the known ones',
      ['one', 'two'],
      'three',
      'no context "three"; available contexts: one, two',
    ],
    ['no current context', ['one-again'], undefined, 'no context ""'],
    ['a context without its cluster', ['dangling'], undefined, 'does not describe'],
  ])('refuses %s', (_name, names, context, message) => {
    let thrown: unknown;
    try {
      load(names, context);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ name: 'ClusterFailure', reason: 'Invalid' });
    expect((thrown as Error).message).toContain(message);
    expect((thrown as Error).message).not.toContain('secret-text');
  });
});
