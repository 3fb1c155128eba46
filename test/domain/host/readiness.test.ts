import { describe, expect, it } from '@jest/globals';
import type { HostFacts } from '../../../src/domain/host/facts.ts';
import { judgeHostReadiness } from '../../../src/domain/host/readiness.ts';
import {
  absentUnit,
  hostFacts,
  hostLayout,
  hostRuntime,
  hostUnit,
  maskedUnit,
  withUnit,
} from '../../builders/host-facts.ts';

const KUBELET = ['kubelet.service'];

describe('judgeHostReadiness', () => {
  const ready: [name: string, facts: HostFacts, units: string[]][] = [
    ['a worker', hostFacts(), KUBELET],
    ['a kubelet that is already masked', withUnit(hostFacts(), maskedUnit('kubelet.service')), KUBELET],
    ['several units', withUnit(hostFacts(), hostUnit('k3s-agent.service')), ['kubelet.service', 'k3s-agent.service']],
    [
      'a stopped runtime in addition to one that responds',
      hostFacts({ runtimes: [hostRuntime(), hostRuntime({ kind: 'docker', tool: 'docker', answers: false })] }),
      KUBELET,
    ],
  ];
  it.each(ready)('accepts %s', (_name, facts, units) => {
    expect(judgeHostReadiness(facts, units)).toEqual([]);
  });

  const { tool: _, ...unreachable } = hostRuntime({ kind: 'crio', answers: false });
  const refused: [name: string, facts: HostFacts, units: string[], sentences: string[]][] = [
    ['no root privileges', hostFacts({ isRoot: false, hasSystemd: false }), KUBELET, ['no root privileges']],
    [
      'what the host did not show',
      hostFacts({ unknowns: [{ what: 'which kubelet runs', command: 'systemctl status kubelet.service' }] }),
      KUBELET,
      ['It is unknown which kubelet runs. On the host, `systemctl status kubelet.service` shows more.'],
    ],
    [
      'more files than one run handles',
      hostFacts({
        layout: hostLayout({
          preview: {
            touched: Array.from({ length: 501 }, (_, index) => ({ kind: 'file', name: `/f${index}`, detail: '' })),
            kept: [],
          },
        }),
      }),
      KUBELET,
      ['The host has 501 units, directories and files'],
    ],
    ['no systemd', hostFacts({ hasSystemd: false }), KUBELET, ['does not run systemd']],
    ['no configured unit', hostFacts(), [], ['has no kubelet unit']],
    [
      'a unit that does not exist',
      withUnit(hostFacts(), absentUnit('kubelet.service')),
      KUBELET,
      ['has no unit kubelet.service'],
    ],
    ['a unit that systemd did not report', hostFacts({ units: [] }), KUBELET, ['has no unit kubelet.service']],
    ['no runtime', hostFacts({ runtimes: [] }), KUBELET, ['no supported container runtime']],
    [
      'no tool for the runtime',
      hostFacts({ runtimes: [unreachable] }),
      KUBELET,
      ['has crio, but no tool to manage it: install crictl'],
    ],
    [
      'no runtime that responds',
      hostFacts({ runtimes: [hostRuntime({ answers: false })] }),
      KUBELET,
      ['No container runtime of the host responds (containerd)'],
    ],
    [
      'the runtime of a Kubernetes agent',
      hostFacts({ runtimes: [hostRuntime({ belongsToAgent: true })] }),
      KUBELET,
      ['is part of its Kubernetes agent (k3s, rke2) and stops with it'],
    ],
    [
      'several at once',
      hostFacts({ units: [], runtimes: [] }),
      KUBELET,
      ['has no unit kubelet.service', 'no supported container runtime'],
    ],
  ];
  it.each(refused)('refuses %s', (_name, facts, units, sentences) => {
    expect(judgeHostReadiness(facts, units)).toEqual(
      sentences.map((sentence) => expect.stringContaining(sentence) as unknown),
    );
  });
});
