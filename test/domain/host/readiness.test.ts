import { describe, expect, it } from '@jest/globals';
import type { HostFacts } from '../../../src/domain/host/facts.ts';
import { judgeHostReadiness } from '../../../src/domain/host/readiness.ts';
import { absentUnit, hostFacts, hostRuntime, hostUnit, maskedUnit, withUnit } from '../../builders/host-facts.ts';

const KUBELET = ['kubelet.service'];

describe('judgeHostReadiness', () => {
  const ready: [name: string, facts: HostFacts, units: string[]][] = [
    ['a worker', hostFacts(), KUBELET],
    ['a kubelet that is masked already', withUnit(hostFacts(), maskedUnit('kubelet.service')), KUBELET],
    ['several units', withUnit(hostFacts(), hostUnit('k3s-agent.service')), ['kubelet.service', 'k3s-agent.service']],
    [
      'a runtime that is off beside one that answers',
      hostFacts({ runtimes: [hostRuntime(), hostRuntime({ kind: 'docker', tool: 'docker', answers: false })] }),
      KUBELET,
    ],
  ];
  it.each(ready)('accepts %s', (_name, facts, units) => {
    expect(judgeHostReadiness(facts, units)).toEqual([]);
  });

  const { tool: _, ...unreachable } = hostRuntime({ kind: 'crio', answers: false });
  const refused: [name: string, facts: HostFacts, units: string[], sentences: string[]][] = [
    ["no root's rights", hostFacts({ isRoot: false, hasSystemd: false }), KUBELET, ["no root's rights"]],
    ['no systemd', hostFacts({ hasSystemd: false }), KUBELET, ['does not run systemd']],
    ['no unit named', hostFacts(), [], ['names no unit of the kubelet']],
    [
      'a unit that is not there',
      withUnit(hostFacts(), absentUnit('kubelet.service')),
      KUBELET,
      ['has no unit kubelet.service'],
    ],
    ['a unit that systemd did not tell of', hostFacts({ units: [] }), KUBELET, ['has no unit kubelet.service']],
    ['no runtime', hostFacts({ runtimes: [] }), KUBELET, ['no container runtime that is known here']],
    [
      'no tool for the runtime',
      hostFacts({ runtimes: [unreachable] }),
      KUBELET,
      ['has crio, but no tool that reaches it: install crictl'],
    ],
    [
      'no runtime that answers',
      hostFacts({ runtimes: [hostRuntime({ answers: false })] }),
      KUBELET,
      ['No container runtime of the host answers (containerd)'],
    ],
    [
      "an agent's own runtime",
      hostFacts({ runtimes: [hostRuntime({ belongsToAgent: true })] }),
      KUBELET,
      ['is a part of its Kubernetes agent (k3s, rke2) and ends with it'],
    ],
    [
      'several at once',
      hostFacts({ units: [], runtimes: [] }),
      KUBELET,
      ['has no unit kubelet.service', 'no container runtime that is known here'],
    ],
  ];
  it.each(refused)('refuses %s', (_name, facts, units, sentences) => {
    expect(judgeHostReadiness(facts, units)).toEqual(
      sentences.map((sentence) => expect.stringContaining(sentence) as unknown),
    );
  });
});
