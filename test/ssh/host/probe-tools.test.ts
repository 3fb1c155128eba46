import { expect, it, jest } from '@jest/globals';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { KUBELET_UNITS, plantWorker } from './worker-node.ts';

jest.setTimeout(60_000);

describeOnScratchHost('the probe of a host without a tool that stages need', () => {
  const host = useScratchHost(undefined, plantWorker);

  it('reports the tool before anything is changed', async () => {
    await host.hide('flock');
    await expect(host.connect().readFacts(KUBELET_UNITS)).rejects.toMatchObject({
      reason: 'Unsupported',
      message: expect.stringContaining('it has no flock') as unknown,
    });
  });
});
