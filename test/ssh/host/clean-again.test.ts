import { expect, it, jest } from '@jest/globals';
import { runStage, toLines } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { KUBELET_UNITS, plantWorker, stageInput } from './worker-node.ts';

const LEFT = '/var/lib/kubelet/pods/p/v';

jest.setTimeout(60_000);

describeOnScratchHost('a host that is not clean after a cleanup', () => {
  const host = useScratchHost(undefined, plantWorker);
  const clean = async (round: number): Promise<readonly string[]> =>
    toLines(await runStage(host.connect(), 'cleanHost', stageInput({ round })));
  const countStarts = async (): Promise<number> => (await host.calls('systemd-run')).length;

  it('is cleaned again in the next round, once', async () => {
    await clean(0);
    await host.sh(`mkdir -p ${LEFT}; mount -t tmpfs s ${LEFT}`);
    expect(await clean(0)).not.toContain('Done mounts below /var/lib/kubelet');
    expect(await countStarts()).toBe(1);
    expect(await clean(1)).toContain('Done mounts below /var/lib/kubelet');
    expect((await host.connect().readFacts(KUBELET_UNITS)).mounts).toEqual([]);
    await clean(1);
    expect(await countStarts()).toBe(2);
  });
});
