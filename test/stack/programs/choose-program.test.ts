import { describe, expect, it } from '@jest/globals';
import { choosePrograms } from '../../../stack/programs/choose-program.ts';
import type { ProgramName } from '../../../stack/programs/program-groups.ts';

const installed = (name: ProgramName, versionOutput: string, path = `/bin/${name}`) => ({ name, path, versionOutput });

describe('choosePrograms', () => {
  it.each<readonly [ProgramName, string, string]>([
    ['kube-apiserver', 'Kubernetes v1.36.0', '1.36.0'],
    ['kube-scheduler', 'Kubernetes v1.36.7', '1.36.7'],
    ['kubectl', 'Client Version: v1.35.2\nKustomize Version: v5.7.1', '1.35.2'],
    ['etcd', 'etcd Version: 3.5.21\nGit SHA: a17edfd', '3.5.21'],
    ['temporal', 'temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)', '1.29.1'],
    ['temporal', 'temporal version 0.0.0-DEV (Server 1.30.0, UI 2.42.1)', '1.30.0'],
    ['kwok', 'kwok version v0.8.0 go1.26.8 (linux/amd64)', '0.8.0'],
  ])('uses %s that prints %j', (name, output, version) => {
    const path = `/bin/${name}`;
    expect(choosePrograms([installed(name, output)])).toEqual({ used: { [name]: { path, version } }, rejected: [] });
  });

  it.each<readonly [ProgramName, string, string]>([
    ['kube-apiserver', 'Kubernetes v1.35.9', 'its version is 1.35.9, needed is 1.36'],
    ['kube-controller-manager', 'Kubernetes v1.37.0', 'its version is 1.37.0, needed is 1.36'],
    ['kubectl', 'Client Version: v1.32.4-dispatcher', 'its version is 1.32.4, needed is 1.35 to 1.37'],
    ['etcd', 'etcd Version: 3.4.23', 'its version is 3.4.23, needed is 3.5 or a later 3'],
    ['temporal', 'temporal version 1.1.0 (Server 1.25.0, UI 2.30.3)', 'needed is one with server 1.29 or a later 1'],
    ['kwok', '', 'its version is unknown, needed is 0.7 or 0.8'],
    ['kube-apiserver', 'something else', 'its version is unknown, needed is 1.36'],
  ])('does not use %s that prints %j', (name, output, reason) => {
    const { used, rejected } = choosePrograms([installed(name, output)]);
    expect(used).toEqual({});
    expect(rejected).toEqual([expect.stringContaining(`/bin/${name} is not used: `)]);
    expect(rejected[0]).toContain(reason);
  });

  it('uses the first one that fits, and reports only those before it', () => {
    const { used, rejected } = choosePrograms([
      installed('etcd', 'etcd Version: 3.4.0', '/assets/etcd'),
      installed('etcd', 'etcd Version: 3.6.5', '/usr/local/bin/etcd'),
      installed('etcd', 'etcd Version: 3.3.0', '/usr/bin/etcd'),
    ]);
    expect(used).toEqual({ etcd: { path: '/usr/local/bin/etcd', version: '3.6.5' } });
    expect(rejected).toHaveLength(1);
  });
});
