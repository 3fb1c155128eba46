import type { HostRuntime } from '../../domain/host/facts.ts';
import type { Answer } from './answer.ts';

/** The kubelet's runtime from the probe's output; `undefined` when the probe did not find it. */
export const toHostRuntime = (answer: Answer): HostRuntime | undefined => {
  const [kind, tool = '-', answers, owner, endpoint = ''] = answer.all('runtime')[0] ?? [];
  if (kind !== 'containerd' && kind !== 'docker' && kind !== 'crio') return undefined;
  return {
    kind,
    ...(tool !== '-' && { tool }),
    answers: answers === '1',
    endpoint,
    units: answer.all('runtimeUnit').map(([name = '', use]) => ({ name, isShared: use !== 'own' })),
    usedBy: answer.has('runtimeUsers') ? answer.texts('runtimeUser') : undefined,
    ...(owner === 'agent' && { belongsToAgent: true }),
  };
};
