import { expect, it, jest } from '@jest/globals';
import { runStage, toLines } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { plantWorker } from './worker-node.ts';

jest.setTimeout(60_000);

describeOnScratchHost('a kubelet whose unit file was moved when the host went down', () => {
  const host = useScratchHost(undefined, plantWorker);

  it('is masked by the next attempt', async () => {
    await host.sh(`
      mkdir -p -m 700 /var/lib/node-decommission/op-1
      mv /etc/systemd/system/kubelet.service /var/lib/node-decommission/op-1/kubelet.service.kept
      rm /run/stub/units/kubelet.service`);
    expect(toLines(await runStage(host.connect(), 'stopKubelet'))).toEqual([
      'NothingToDo kubelet.service stopped',
      'NothingToDo kubelet.service disabled',
      'Done kubelet.service masked',
      'NothingToDo pod sandboxes of containerd',
    ]);
    expect(await host.sh('readlink /etc/systemd/system/kubelet.service')).toBe('/dev/null');
  });
});
