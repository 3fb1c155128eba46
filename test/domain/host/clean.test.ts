import { describe, expect, it } from '@jest/globals';
import type { HostFacts } from '../../../src/domain/host/facts.ts';
import { judgeHostClean, type CleanItem, type CleanVerdict } from '../../../src/domain/host/clean.ts';
import {
  absentUnit,
  cleanHostFacts,
  hostFacts,
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
const withContainerd = (state: Parameters<typeof hostUnit>[1], ...runtimes: HostFacts['runtimes']): HostFacts =>
  withUnit(clean({ runtimes }), hostUnit('containerd.service', state));
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
      'cri-docker.socket',
      'cri-docker.service',
      'cri-dockerd.socket',
      'cri-dockerd.service',
      'docker.socket',
      'docker.service',
      'containerd.service',
      'crio.service',
      'sandboxes',
      'containers',
      'shims',
      'pod processes',
      'mounts',
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
      withContainerd({ activeState: 'inactive' }),
      'containerd.service',
      'notOk',
    ],
    ['a runtime that runs without containers', withContainerd({}, hostRuntime()), 'containerd.service', 'notOk'],
    [
      'a runtime that runs non-Kubernetes containers',
      withContainerd({}, hostRuntime({ foreignContainerCount: 1 })),
      'containerd.service',
      'ok',
    ],
    [
      'a containerd that runs the containers of docker',
      withContainerd({}, hostRuntime(), hostRuntime({ kind: 'docker', foreignContainerCount: 2 })),
      'containerd.service',
      'ok',
    ],
    [
      'a runtime that does not report its containers',
      withContainerd({}, hostRuntime({ foreignContainerCount: undefined })),
      'containerd.service',
      'unknown',
    ],
    ['a runtime that systemd did not report', without(clean(), 'docker.socket'), 'docker.socket', 'unknown'],
    ['a socket that would start docker', withUnit(clean(), hostUnit('docker.socket')), 'docker.socket', 'notOk'],
    [
      'a socket of a docker with non-Kubernetes containers',
      withUnit(
        clean({ runtimes: [hostRuntime({ kind: 'docker', foreignContainerCount: 1 })] }),
        hostUnit('docker.socket'),
      ),
      'docker.socket',
      'ok',
    ],
    [
      "containerd's containers do not excuse docker",
      withUnit(clean({ runtimes: [hostRuntime({ foreignContainerCount: 1 })] }), hostUnit('docker.service')),
      'docker.service',
      'notOk',
    ],
    [
      'cri-dockerd is never excused',
      withUnit(
        clean({ runtimes: [hostRuntime({ kind: 'docker', foreignContainerCount: 1 })] }),
        hostUnit('cri-docker.service'),
      ),
      'cri-docker.service',
      'notOk',
    ],
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

  it('summarizes its findings', () => {
    const credentialPaths = ['/a', '/b', '/c', '/d', '/e', '/f', '/g'];
    expect(itemOf(clean({ credentialPaths }), 'credentials')?.message).toBe(
      '7 credential files are left: /a, /b, /c, /d, /e and 2 more.',
    );
    expect(itemOf(clean({ sandboxCount: 1 }), 'sandboxes')?.message).toBe('1 pod sandbox is left.');
    expect(itemOf(withKubelet({}), 'kubelet.service')?.message).toBe(
      'kubelet.service is active and enabled: it must be stopped and masked.',
    );
    expect(itemOf(withContainerd({}, hostRuntime({ foreignContainerCount: 2 })), 'containerd.service')?.message).toBe(
      'containerd.service was left unchanged because of 2 non-Kubernetes containers.',
    );
  });
});
