import { expect, it, jest } from '@jest/globals';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { KUBELET_UNITS, plantWorker } from './worker-node.ts';

jest.setTimeout(60_000);

describeOnScratchHost('the look at a host that lacks what stages need', () => {
  const host = useScratchHost([], plantWorker);

  it('says so, before anything is done', async () => {
    await host.hide('flock');
    await expect(host.connect().readFacts(KUBELET_UNITS)).rejects.toMatchObject({
      reason: 'Unsupported',
      message: expect.stringContaining('it has no flock') as unknown,
    });
  });
});
