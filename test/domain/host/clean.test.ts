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
  it('finds a clean host clean, item by item', () => {
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

  it('does not find a running worker clean', () => {
    expect(judgeHostClean(hostFacts(), EXPECTATIONS).isClean).toBe(false);
  });

  it('takes nothing for clean when it is not told what the kubelet is', () => {
    expect(judgeHostClean(clean(), { kubeletUnits: [] }).isClean).toBe(false);
  });

  const cases: [name: string, facts: HostFacts, item: string, verdict: CleanVerdict][] = [
    [
      'a failed kubelet that is masked',
      withUnit(clean(), { ...maskedUnit('kubelet.service'), activeState: 'failed' }),
      'kubelet.service',
      'ok',
    ],
    ['a kubelet that is off but not masked', withKubelet(OFF), 'kubelet.service', 'notOk'],
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
    ['no unit of the kubelet', withUnit(clean(), absentUnit('kubelet.service')), 'kubelet.service', 'notOk'],
    ['a kubelet that systemd did not tell of', without(clean(), 'kubelet.service'), 'kubelet.service', 'unknown'],
    ['a port that is listened on', clean({ kubeletPortIsOpen: true }), 'kubelet port', 'notOk'],
    ['a port that could not be read', clean({ kubeletPortIsOpen: undefined }), 'kubelet port', 'unknown'],
    ['a runtime that is off and disabled', withContainerd(OFF), 'containerd.service', 'ok'],
    [
      'a runtime that is off and masked',
      withUnit(clean(), maskedUnit('containerd.service')),
      'containerd.service',
      'ok',
    ],
    [
      'a runtime that is off but comes back',
      withContainerd({ activeState: 'inactive' }),
      'containerd.service',
      'notOk',
    ],
    ['a runtime that runs for nobody', withContainerd({}, hostRuntime()), 'containerd.service', 'notOk'],
    [
      "a runtime that runs for others' containers",
      withContainerd({}, hostRuntime({ foreignContainerCount: 1 })),
      'containerd.service',
      'ok',
    ],
    [
      "a containerd that runs for docker's",
      withContainerd({}, hostRuntime(), hostRuntime({ kind: 'docker', foreignContainerCount: 2 })),
      'containerd.service',
      'ok',
    ],
    [
      'a runtime that does not say',
      withContainerd({}, hostRuntime({ foreignContainerCount: undefined })),
      'containerd.service',
      'unknown',
    ],
    ['a runtime that systemd did not tell of', without(clean(), 'docker.socket'), 'docker.socket', 'unknown'],
    ['a socket that would wake docker', withUnit(clean(), hostUnit('docker.socket')), 'docker.socket', 'notOk'],
    [
      "a socket of a docker with others' containers",
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
    ['sandboxes that nobody counted', clean({ sandboxCount: undefined }), 'sandboxes', 'unknown'],
    ['containers', clean({ containerCount: 2 }), 'containers', 'notOk'],
    ['containers that nobody counted', clean({ containerCount: undefined }), 'containers', 'unknown'],
    ['a shim', clean({ shimPids: [4711] }), 'shims', 'notOk'],
    ["a process in a pod's cgroup", clean({ busyPodCgroups: ['/kubepods/pod1'] }), 'pod processes', 'notOk'],
    ['a mount', clean({ mounts: [{ path: '/var/lib/kubelet/pods/p/v', fileSystem: 'nfs4' }] }), 'mounts', 'notOk'],
    ['a credential', clean({ credentialPaths: ['/etc/kubernetes/kubelet.conf'] }), 'credentials', 'notOk'],
    ...['sandboxes', 'containers', 'shims', 'pod processes', 'mounts', 'credentials'].map(
      (item): [string, HostFacts, string, CleanVerdict] => [
        `${item} without root's rights`,
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

  it('says what it saw, in short', () => {
    const credentialPaths = ['/a', '/b', '/c', '/d', '/e', '/f', '/g'];
    expect(itemOf(clean({ credentialPaths }), 'credentials')?.message).toBe(
      '7 files with credentials are left: /a, /b, /c, /d, /e and 2 more.',
    );
    expect(itemOf(clean({ sandboxCount: 1 }), 'sandboxes')?.message).toBe('1 pod sandbox is left.');
    expect(itemOf(withKubelet({}), 'kubelet.service')?.message).toBe(
      'kubelet.service is active and enabled: it must be off and masked.',
    );
    expect(itemOf(withContainerd({}, hostRuntime({ foreignContainerCount: 2 })), 'containerd.service')?.message).toBe(
      "containerd.service was left as it is for others' containers (2).",
    );
  });
});
