import { beforeEach, expect, it, jest } from '@jest/globals';
import { itInLongRun } from '../../long-run.ts';
import { runStage } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { KUBELET_UNITS, MARKER, plantWorker, toFile } from './worker-node.ts';

const OTHER = 'operationId\tother\nnodeName\tworker-9\nnodeUid\tu\nmachineID\tm\ncaHashes\th\n';

jest.setTimeout(60_000);

describeOnScratchHost('the probe of a host with markers of other operations', () => {
  const host = useScratchHost(undefined, plantWorker);
  beforeEach(async () => {
    await host.sh(`${toFile('/var/lib/node-decommission/other/marker', OTHER)}
      touch -d 2099-01-01 /var/lib/node-decommission/other/marker`);
  });

  it('reads the marker of its own operation, even if a wrong clock made another one the latest', async () => {
    await runStage(host.connect(), 'stopKubelet');
    expect((await host.connect().readFacts(KUBELET_UNITS, MARKER.operationId)).marker).toEqual(MARKER);
  });

  itInLongRun('reads the latest marker when its own operation left none', async () => {
    const { marker } = await host.connect().readFacts(KUBELET_UNITS, MARKER.operationId);
    expect(marker?.operationId).toBe('other');
  });
});
