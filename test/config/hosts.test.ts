import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConfigurationError } from '../../src/config/configuration-error.ts';
import { findHostSettings } from '../../src/config/host-settings.ts';
import type { HostSettings, HostsSettings } from '../../src/config/host-settings.ts';
import { loadConfiguration } from '../../src/config/load-configuration.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hosts-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const load = (content: string, environment: Readonly<Record<string, string>> = {}): HostsSettings | undefined => {
  const path = join(folder, 'configuration.yaml');
  writeFileSync(path, content);
  return loadConfiguration({
    environment: { KUBECONFIG: '/env', NODE_DECOMMISSION_CONFIG: path, ...environment },
    homeDirectory: '/home/me',
    addsDefaultCluster: true,
  }).hosts;
};

const find = (
  content: string,
  nodeName: string,
  environment?: Readonly<Record<string, string>>,
): HostSettings | undefined => findHostSettings(load(content, environment), nodeName);

describe('the section hosts', () => {
  it('may be absent: no host has connection settings', () => {
    expect(load('waits: {}')).toBeUndefined();
    expect(find('waits: {}', 'n1')).toBeUndefined();
  });

  it('needs only a key', () => {
    expect(find('hosts: { defaults: { identityFile: ~/.ssh/id } }', 'n1')).toEqual({
      port: 22,
      user: 'root',
      login: { kind: 'identityFile', path: '/home/me/.ssh/id' },
      knownHosts: ['/home/me/.ssh/known_hosts'],
      sudo: false,
      connectTimeoutSeconds: 15,
      kubeletUnits: ['kubelet.service'],
      unreadHomes: 'refuse',
    });
  });

  it('accepts every setting; paths are relative to the file', () => {
    const written = `
hosts:
  defaults:
    host: '{nodeName}.example.com'
    port: 2222
    user: admin
    identityFile: keys/id
    knownHosts: [known_hosts, /etc/ssh/ssh_known_hosts]
    sudo: true
    connectTimeoutSeconds: 2.5
    kubeletUnits: [k3s-agent.service, kubelet@main.service]
    unreadHomes: leave
`;
    expect(find(written, 'n1')).toEqual({
      host: 'n1.example.com',
      port: 2222,
      user: 'admin',
      login: { kind: 'identityFile', path: join(folder, 'keys/id') },
      knownHosts: [join(folder, 'known_hosts'), '/etc/ssh/ssh_known_hosts'],
      sudo: true,
      connectTimeoutSeconds: 2.5,
      kubeletUnits: ['k3s-agent.service', 'kubelet@main.service'],
      unreadHomes: 'leave',
    });
  });

  describe('with entries', () => {
    const entries = `
hosts:
  defaults: { identityFile: /id, user: admin, sudo: true, host: '{nodeName}.lan' }
  nodes:
    - { match: gpu-1, host: 10.0.0.9 }
    - { match: gpu-*, user: gpu, host: 'ssh-{nodeName}' }
    - { match: 'w?', agent: true, sudo: false }
    - { match: gpu-2, user: never }
`;
    it.each<[string, string, object]>([
      [
        'a name',
        'gpu-1',
        { host: '10.0.0.9', user: 'admin', sudo: true, login: { kind: 'identityFile', path: '/id' } },
      ],
      ['the first pattern of two', 'gpu-2', { host: 'ssh-gpu-2', user: 'gpu', sudo: true }],
      [
        'one character',
        'w1',
        { host: 'w1.lan', user: 'admin', sudo: false, login: { kind: 'agent', socket: '/agent' } },
      ],
      [
        'no entry: uses the defaults',
        'w10',
        { host: 'w10.lan', user: 'admin', login: { kind: 'identityFile', path: '/id' } },
      ],
      ['only whole names', 'my-gpu-1', { host: 'my-gpu-1.lan', user: 'admin' }],
    ])('matches %s', (_name, nodeName, expected) => {
      expect(find(entries, nodeName, { SSH_AUTH_SOCK: '/agent' })).toMatchObject(expected);
    });
  });

  it('has no settings for a Node that no entry matches, when the defaults have no login', () => {
    const written = 'hosts: { defaults: { user: admin }, nodes: [{ match: a*, identityFile: /id }] }';
    expect(find(written, 'a1')).toMatchObject({ user: 'admin' });
    expect(find(written, 'b1')).toBeUndefined();
  });

  it.each([
    ['is not set', {}],
    ['is empty', { SSH_AUTH_SOCK: '' }],
  ])('keeps an agent whose SSH_AUTH_SOCK %s: only connecting fails', (_name, environment) => {
    expect(find('hosts: { defaults: { agent: true } }', 'n1', environment)?.login).toEqual({ kind: 'agent' });
  });

  it.each<[string, string, string]>([
    ['no login', '{}', '`hosts` must have `defaults` with either `identityFile: <path>` or `agent: true`'],
    ['an entry without one', '{ nodes: [{ match: a }] }', '`hosts.nodes.0` must have either'],
    [
      'an entry that disables the login',
      '{ defaults: { agent: true }, nodes: [{ match: a, agent: false }] }',
      'nodes.0` must have',
    ],
    [
      'two logins',
      '{ defaults: { identityFile: /s3cret, agent: true } }',
      '`hosts.defaults` must have either `identityFile` or',
    ],
    [
      'two logins of an entry',
      '{ nodes: [{ match: a, identityFile: /a, agent: true }] }',
      '`hosts.nodes.0` must have either',
    ],
    [
      'an unknown key',
      '{ default: {} }',
      '`hosts.default` is not a setting; the closest one is `defaults`. Valid settings: defaults, nodes.',
    ],
    [
      'another spelling',
      '{ defaults: { identity_files: /s3cret } }',
      '`hosts.defaults.identity_files` is not a setting; the closest one is `identityFile`',
    ],
    ['a password', '{ nodes: [{ match: a, password: s3cret }] }', '`hosts.nodes.0.password` is not a setting'],
    ['an entry without a pattern', '{ nodes: [{ agent: true }] }', '`hosts.nodes.0.match` must be text.'],
    [
      'a pattern that no Node name can match',
      '{ nodes: [{ match: "A_b", agent: true }] }',
      '`hosts.nodes.0.match` must be the name of a Node',
    ],
    ['entries as an object', '{ nodes: { a: {} } }', '`hosts.nodes` must be a list.'],
    [
      'one path for a list',
      '{ defaults: { agent: true, knownHosts: /s3cret } }',
      '`hosts.defaults.knownHosts` must be a list.',
    ],
    [
      'no known hosts',
      '{ defaults: { agent: true, knownHosts: [] } }',
      '`hosts.defaults.knownHosts` must not be empty.',
    ],
    ['an empty path', '{ defaults: { identityFile: "" } }', '`hosts.defaults.identityFile` must not be empty.'],
    [
      'an impossible port',
      '{ defaults: { agent: true, port: 70000 } }',
      '`hosts.defaults.port` must be at most 65535.',
    ],
    [
      'no time',
      '{ defaults: { agent: true, connectTimeoutSeconds: 0 } }',
      'connectTimeoutSeconds` must be at least 1.',
    ],
    [
      'another placeholder',
      '{ defaults: { agent: true, host: "{node}.x" } }',
      '`hosts.defaults.host` must be a host name or address, in which `{nodeName}`',
    ],
    [
      'one host for all',
      '{ defaults: { agent: true, host: one.x } }',
      '`hosts.defaults.host` must contain `{nodeName}`, because it applies to several Nodes.',
    ],
    [
      'one host for a pattern',
      '{ nodes: [{ match: a*, agent: true, host: one.x }] }',
      '`hosts.nodes.0.host` must contain `{nodeName}`',
    ],
    ['a user with spaces', '{ defaults: { agent: true, user: "a b" } }', '`hosts.defaults.user` must be a user name'],
    [
      'a unit without its suffix',
      '{ defaults: { agent: true, kubeletUnits: [kubelet] } }',
      '`hosts.defaults.kubeletUnits.0` must be a systemd service',
    ],
    [
      'text for yes or no',
      '{ defaults: { agent: true, sudo: "yes" } }',
      '`hosts.defaults.sudo` must be true or false.',
    ],
  ])('refuses %s', (_name, hosts, expected) => {
    let problems: readonly string[] = [];
    try {
      load(`hosts: ${hosts}`);
    } catch (error) {
      problems = (error as ConfigurationError).problems;
    }
    expect(problems).toEqual(expect.arrayContaining([expect.stringContaining(expected)]));
    expect(problems.join()).not.toContain('s3cret');
  });
});
