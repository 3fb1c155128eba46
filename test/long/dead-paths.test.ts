import { expect, it, jest } from '@jest/globals';
import type { HostFacts } from '../../src/domain/host/facts.ts';
import { describeWithDeadMounts, plantDeadMount } from '../ssh/host/dead-mount.ts';
import { useScratchHost, type ScratchHost } from '../ssh/host/scratch-host.ts';
import { runStage, toLines } from '../ssh/host/run-stage.ts';
import { KUBELET_UNITS, plantWorker, stageInput } from '../ssh/host/worker-node.ts';

jest.setTimeout(240_000);

const countStuck = (host: ScratchHost): Promise<string> =>
  host.sh(`grep -ls '^State:.D' /proc/[0-9]*/status | grep -c . || true`);

describeWithDeadMounts('the probe of a host on which a file server is dead', () => {
  const host = useScratchHost([], plantWorker);
  const probe = (): Promise<HostFacts> => host.connect().readFacts(KUBELET_UNITS);

  it('ends, reports what it did not see, and leaves no further process behind with each attempt: /etc/kubernetes', async () => {
    await plantDeadMount(host, '/etc/kubernetes');
    const facts = await probe();
    expect(facts.unseen.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['whether this is a control-plane host', 'credentials']),
    );
    expect(facts.unknowns.map(({ what }) => what)).toContainEqual(
      expect.stringMatching(/^whether this is a control-plane host: /),
    );
    expect(facts.machineID).not.toBe('');
    const stuck = Number(await countStuck(host));
    expect(stuck).toBeGreaterThan(0);
    const started = Date.now();
    await probe();
    expect(Date.now() - started).toBeLessThan(30_000);
    expect(Number(await countStuck(host))).toBe(stuck);
  });

  it("ends and leaves none behind when a signal ends the accesses: the kubelet's directory", async () => {
    await plantDeadMount(host, '/var/lib/kubelet', 'killable');
    const facts = await probe();
    expect(facts.unseen.map(({ name }) => name)).toContain('credentials');
    expect(facts.unknowns.map(({ what }) => what)).toContainEqual(
      expect.stringMatching(/^what is in the kubelet's directory: an access to \/var\/lib\/kubelet does not end/),
    );
    expect(await countStuck(host)).toBe('0');
  });
});

describeWithDeadMounts('a stage on a host on which a file server died after preflight', () => {
  const host = useScratchHost(undefined, plantWorker);

  it.each([
    ['stopKubelet', '/etc/kubernetes'],
    ['stopKubelet', '/var/lib/kubelet'],
    ['cleanHost', '/etc/kubernetes'],
  ] as const)('%s fails within its time, changes nothing, and leaves one process behind: %s', async (stage, path) => {
    const order = { ...stageInput(), layout: (await host.connect().readFacts(KUBELET_UNITS)).layout };
    await plantDeadMount(host, path);
    for (const _attempt of [1, 2]) {
      expect(toLines(await runStage(host.connect(), stage, order))).toEqual([
        `Failed files of the kubelet respond: an access to ${path} does not end; is its file server dead? No step was tried`,
      ]);
    }
    expect(await countStuck(host)).toBe('1');
    expect(await host.sh('systemctl show -p ActiveState -- kubelet.service')).toContain('ActiveState=active');
  });
});
