import { describe, expect, it } from '@jest/globals';
import { verifyHost } from '../../../src/activities/host/verify-host.ts';
import type { HostFacts } from '../../../src/domain/host/facts.ts';
import type { HostVerification } from '../../../src/domain/run/report.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { hostLayout } from '../../builders/host-facts.ts';
import { hostTarget, markedHostFacts } from '../../builders/host-target.ts';
import { previewItem } from '../../builders/preview-item.ts';
import { runActivity } from '../../builders/run-activity.ts';
import { taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';

const verify = (facts: HostFacts, failureCount?: number): Promise<HostVerification> => {
  const hosts = new FakeHosts();
  hosts.facts = facts;
  const activity = verifyHost(activityDependencies(new FakeCluster(), { hosts }));
  return runActivity(activity, [taskContext(), hostTarget()], { attempt: 9, heartbeatDetails: { failureCount } });
};

describe('verifyHost', () => {
  it('succeeds when every item is ok, and reports what it observed', async () => {
    const { cleaned, kept, keptCounts } = await verify(markedHostFacts());
    expect(cleaned).toContain('kubelet.service is stopped and masked.');
    expect(cleaned).toContain('No pod sandbox is left.');
    expect([kept, keptCounts]).toEqual([[], {}]);
  });

  it("reports what stays, without the node's own addresses; at most fifty of a kind", async () => {
    const kept = [
      previewItem('address', '10.0.0.5'),
      previewItem('address', '10.244.1.1'),
      ...Array.from({ length: 60 }, (_, index) => previewItem('cniConfiguration', `/etc/cni/net.d/${index}.conf`)),
    ];
    const report = await verify(markedHostFacts({ layout: hostLayout({ preview: { touched: [], kept } }) }));
    expect(report.keptCounts).toEqual({ address: 1, cniConfiguration: 60 });
    expect(report.kept).toHaveLength(51);
    expect(report.kept[0]).toEqual(previewItem('address', '10.244.1.1'));
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
