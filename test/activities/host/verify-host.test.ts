import { describe, expect, it } from '@jest/globals';
import { verifyHost } from '../../../src/activities/host/verify-host.ts';
import type { HostFacts } from '../../../src/domain/host/facts.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { hostTarget, markedHostFacts } from '../../builders/host-target.ts';
import { runActivity } from '../../builders/run-activity.ts';
import { taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';

const verify = (facts: HostFacts, failureCount?: number): Promise<string> => {
  const hosts = new FakeHosts();
  hosts.facts = facts;
  const activity = verifyHost(activityDependencies(new FakeCluster(), { hosts }));
  return runActivity(activity, [taskContext(), hostTarget()], { attempt: 9, heartbeatDetails: { failureCount } });
};

describe('verifyHost', () => {
  it('succeeds when every item is ok', async () => {
    expect(await verify(markedHostFacts())).toMatch(/^all \d+ checks passed$/);
  });

  const dirty: [name: string, facts: Partial<HostFacts>, says: string][] = [
    ['a shim', { shimPids: [7] }, 'shim'],
    ['a sandbox', { sandboxCount: 1 }, 'sandbox'],
    ['credentials', { credentialPaths: ['/etc/kubernetes/kubelet.conf'] }, '/etc/kubernetes/kubelet.conf'],
    ['what could not be read', { containerCount: undefined }, 'could not be read'],
  ];
  it.each(dirty)('%s: fails, is checked again, then needs an operator', async (_name, facts, sentence) => {
    const message: unknown = expect.stringContaining(sentence);
    await expect(verify(markedHostFacts(facts))).rejects.toMatchObject({
      type: 'HostNotClean',
      retryable: true,
      message,
    });
    await expect(verify(markedHostFacts(facts), 3)).rejects.toMatchObject({ retryable: true });
    await expect(verify(markedHostFacts(facts), 4)).rejects.toMatchObject({ retryable: false, message });
  });

  it('rejects a host that is not proven', async () => {
    await expect(verify(markedHostFacts({ machineID: 'machine-2' }))).rejects.toMatchObject({ type: 'HostNotProven' });
  });
});
