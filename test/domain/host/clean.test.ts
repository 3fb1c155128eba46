import { describe, expect, it } from '@jest/globals';
import type { HostFacts, HostUnit } from '../../../src/domain/host/facts.ts';
import { judgeHostClean, type CleanItem, type CleanVerdict } from '../../../src/domain/host/clean.ts';
import {
  absentUnit,
  cleanHostFacts,
  hostFacts,
  hostLayout,
  hostRuntime,
  hostUnit,
  maskedUnit,
  withUnit,
} from '../../builders/host-facts.ts';

const EXPECTATIONS = { kubeletUnits: ['kubelet.service'] };
const itemOf = (facts: HostFacts, name: string): CleanItem | undefined =>
  judgeHostClean(facts, EXPECTATIONS).items.find((item) => item.name === name);
const clean = cleanHostFacts;
const withKubelet = (state: Parameters<typeof hostUnit>[1]): HostFacts =>
  withUnit(clean(), hostUnit('kubelet.service', state));
const withContainerd = (state: Parameters<typeof hostUnit>[1], usedBy?: readonly string[]): HostFacts =>
  withUnit(clean({ runtime: hostRuntime({ usedBy }) }), hostUnit('containerd.service', state));
const withDocker = (unit: HostUnit, usedBy: readonly string[]): HostFacts =>
  withUnit(
    clean({
      runtime: hostRuntime({
        kind: 'docker',
        units: [
          { name: 'cri-docker.service', isShared: false },
          { name: 'docker.socket', isShared: true },
        ],
        usedBy,
      }),
      units: [maskedUnit('kubelet.service'), absentUnit('cri-docker.service'), absentUnit('docker.socket')],
    }),
    unit,
  );
const without = (facts: HostFacts, unit: string): HostFacts => ({
  ...facts,
  units: facts.units.filter(({ name }) => name !== unit),
});
const OFF = { activeState: 'inactive', unitFileState: 'disabled' };

describe('judgeHostClean', () => {
  it('judges every item of a clean host as ok', () => {
    const judgement = judgeHostClean(clean(), EXPECTATIONS);
    expect(judgement.isClean).toBe(true);
    expect(judgement.items.map(({ name }) => name)).toEqual([
      'kubelet.service',
      'kubelet port',
      'containerd.service',
      'sandboxes',
      'containers',
      'shims',
      'pod processes',
      'mounts',
      'kube-proxy',
      'credentials',
    ]);
    expect(new Set(judgement.items.map(({ verdict }) => verdict))).toEqual(new Set(['ok']));
  });

  it('does not judge a running worker as clean', () => {
    expect(judgeHostClean(hostFacts(), EXPECTATIONS).isClean).toBe(false);
  });

  it('judges no host as clean without a kubelet unit', () => {
    expect(judgeHostClean(clean(), { kubeletUnits: [] }).isClean).toBe(false);
  });

  const { runtime: _, ...unknownRuntime } = clean();
  const cases: [name: string, facts: HostFacts, item: string, verdict: CleanVerdict][] = [
    [
      'a failed kubelet that is masked',
      withUnit(clean(), { ...maskedUnit('kubelet.service'), activeState: 'failed' }),
      'kubelet.service',
      'ok',
    ],
    ['a kubelet that is stopped but not masked', withKubelet(OFF), 'kubelet.service', 'notOk'],
    [
      'a masked kubelet that still runs',
      withUnit(clean(), { ...maskedUnit('kubelet.service'), activeState: 'active' }),
      'kubelet.service',
      'notOk',
    ],
    [
      'a kubelet between two restarts',
      withUnit(clean(), { ...maskedUnit('kubelet.service'), activeState: 'activating' }),
      'kubelet.service',
      'notOk',
    ],
    [
      'a kubelet that is being stopped',
      withUnit(clean(), { ...maskedUnit('kubelet.service'), activeState: 'deactivating' }),
      'kubelet.service',
      'notOk',
    ],
    ['no kubelet unit', withUnit(clean(), absentUnit('kubelet.service')), 'kubelet.service', 'notOk'],
    ['a kubelet that systemd did not report', without(clean(), 'kubelet.service'), 'kubelet.service', 'unknown'],
    [
      'a home that could not be checked',
      clean({ unseen: [{ name: '/home/alice', why: 'it is on a file server (nfs4)' }] }),
      '/home/alice',
      'unknown',
    ],
    ['an open port', clean({ kubeletPortIsOpen: true }), 'kubelet port', 'notOk'],
    ['a port that could not be read', clean({ kubeletPortIsOpen: undefined }), 'kubelet port', 'unknown'],
    ['a runtime that is stopped and disabled', withContainerd(OFF), 'containerd.service', 'ok'],
    [
      'a runtime that is stopped and masked',
      withUnit(clean(), maskedUnit('containerd.service')),
      'containerd.service',
      'ok',
    ],
    [
      'a runtime that is stopped but starts at boot',
      withContainerd({ activeState: 'inactive' }, []),
      'containerd.service',
      'notOk',
    ],
    ['a runtime that runs and is used by nothing else', withContainerd({}, []), 'containerd.service', 'notOk'],
    ['a runtime that something else uses', withContainerd({}, ['namespace buildkit']), 'containerd.service', 'ok'],
    ['a runtime that does not report what uses it', withContainerd({}), 'containerd.service', 'unknown'],
    ['a runtime that systemd did not report', without(clean(), 'containerd.service'), 'containerd.service', 'unknown'],
    ['an unknown runtime', unknownRuntime, 'container runtime', 'unknown'],
    ['a socket that would start docker', withDocker(hostUnit('docker.socket'), []), 'docker.socket', 'notOk'],
    [
      'a socket of a docker that others use',
      withDocker(hostUnit('docker.socket'), ['a volume']),
      'docker.socket',
      'ok',
    ],
    [
      'cri-dockerd is never excused',
      withDocker(hostUnit('cri-docker.service'), ['a volume']),
      'cri-docker.service',
      'notOk',
    ],
    ['a docker that the kubelet does not use', withUnit(clean(), hostUnit('docker.service')), 'kubelet.service', 'ok'],
    ['a sandbox', clean({ sandboxCount: 1 }), 'sandboxes', 'notOk'],
    ['an unknown number of sandboxes', clean({ sandboxCount: undefined }), 'sandboxes', 'unknown'],
    ['containers', clean({ containerCount: 2 }), 'containers', 'notOk'],
    ['an unknown number of containers', clean({ containerCount: undefined }), 'containers', 'unknown'],
    ['a shim', clean({ shimPids: [4711] }), 'shims', 'notOk'],
    ["a process in a pod's cgroup", clean({ busyPodCgroups: ['/kubepods/pod1'] }), 'pod processes', 'notOk'],
    ['a mount', clean({ mounts: [{ path: '/var/lib/kubelet/pods/p/v', fileSystem: 'nfs4' }] }), 'mounts', 'notOk'],
    ['a credential', clean({ credentialPaths: ['/etc/kubernetes/kubelet.conf'] }), 'credentials', 'notOk'],
    ...['sandboxes', 'containers', 'shims', 'pod processes', 'mounts', 'credentials'].map(
      (item): [string, HostFacts, string, CleanVerdict] => [
        `${item} without root privileges`,
        clean({ isRoot: false }),
        item,
        'unknown',
      ],
    ),
  ];
  it.each(cases)('judges %s', (_name, facts, item, verdict) => {
    expect(itemOf(facts, item)?.verdict).toBe(verdict);
    expect(judgeHostClean(facts, EXPECTATIONS).isClean).toBe(verdict === 'ok');
  });

  it('lists runtimes and shims of others, and judges the host as clean', () => {
    const kept = [
      { kind: 'runtime', name: 'docker.service', detail: 'dockerd, which the kubelet does not use' },
      { kind: 'process', name: '4711', detail: 'shim of container k8s.io/x of /run/second/c.sock' },
      { kind: 'unit', name: 'containerd.service', detail: 'in use by docker' },
    ] as const;
    const facts = clean({ layout: hostLayout({ preview: { touched: [], kept } }) });
    expect(judgeHostClean(facts, EXPECTATIONS).isClean).toBe(true);
    expect(itemOf(facts, 'other runtimes')?.message).toBe(
      'Container runtimes that the kubelet did not use were left unchanged: docker.service.',
    );
    expect(itemOf(facts, 'other containers')?.message).toBe(
      'Processes of containers of others were left unchanged: 4711.',
    );
  });

  it('summarizes its findings', () => {
    const credentialPaths = ['/a', '/b', '/c', '/d', '/e', '/f', '/g'];
    expect(itemOf(clean({ credentialPaths }), 'credentials')?.message).toBe(
      '7 credential files are left: /a, /b, /c, /d, /e and 2 more.',
    );
    expect(itemOf(clean({ sandboxCount: 1 }), 'sandboxes')?.message).toBe('1 pod sandbox is left.');
    expect(itemOf(withKubelet({}), 'kubelet.service')?.message).toBe(
      'kubelet.service is active and enabled: it must be stopped and masked.',
    );
    expect(itemOf(withContainerd({}, ['namespace a', 'namespace b']), 'containerd.service')?.message).toBe(
      'containerd.service was left unchanged, because it is in use by namespace a, namespace b.',
    );
  });
});
