import { beforeEach, expect, it, jest } from '@jest/globals';
import { runStage } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { KUBELET_UNITS, MARKER, plantWorker, toFile } from './worker-node.ts';

const OTHER = 'operationId\tother\nnodeName\tworker-9\nnodeUid\tu\nmachineID\tm\ncaHash\th\n';

jest.setTimeout(60_000);

describeOnScratchHost('the look at a host where other operations were', () => {
  const host = useScratchHost([], plantWorker);
  beforeEach(async () => {
    await host.sh(`${toFile('/var/lib/node-decommission/other/marker', OTHER)}
      touch -d 2099-01-01 /var/lib/node-decommission/other/marker`);
  });

  it('finds what its own operation left, though a clock that was wrong made another one the last', async () => {
    await runStage(host.connect(), 'stopKubelet');
    expect((await host.connect().readFacts(KUBELET_UNITS, MARKER.operationId)).marker).toEqual(MARKER);
  });

  it('shows the last one where its own operation left nothing', async () => {
    const { marker } = await host.connect().readFacts(KUBELET_UNITS, MARKER.operationId);
    expect(marker?.operationId).toBe('other');
  });
});
