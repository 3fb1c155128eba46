import { beforeEach, expect, it, jest } from '@jest/globals';
import { awaitStage } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { plantWorker, startInput } from './worker-node.ts';

jest.setTimeout(60_000);

describeOnScratchHost('a stage under a systemd that does not respond', () => {
  const host = useScratchHost([], plantWorker);
  beforeEach(async () => {
    await host.sh(`mv /usr/local/bin/systemctl /usr/local/bin/systemctl.real
      cat >/usr/local/bin/systemctl <<'TOOL'
#!/bin/sh
case "$*" in *stop*kubelet*) touch /run/stub/reached; while [ -e /run/stub/held ]; do sleep 0.05; done ;; esac
[ ! -e /run/stub/mute ] || exit 1
exec /usr/local/bin/systemctl.real "$@"
TOOL
      chmod +x /usr/local/bin/systemctl; touch /run/stub/held`);
  });
  const mute = {
    name: 'HostFailure',
    reason: 'Unknown',
    message: expect.stringContaining('does not respond') as unknown,
  };

  it('is neither started twice nor reported as lost', async () => {
    await host.connect().startStage('stopKubelet', startInput());
    // Only once the stage waits: it uses systemd too.
    await host.sh('until [ -e /run/stub/reached ]; do sleep 0.05; done; touch /run/stub/mute');
    await expect(host.connect().startStage('stopKubelet', startInput())).rejects.toMatchObject(mute);
    await expect(host.connect().readStage('stopKubelet', 'op-1')).rejects.toMatchObject(mute);
    await host.sh('rm /run/stub/mute');
    await host.connect().startStage('stopKubelet', startInput());
    await host.sh('rm /run/stub/held');
    expect(await awaitStage(host.connect(), 'stopKubelet', 'op-1')).toMatchObject({ kind: 'Ended', isOk: true });
    expect(await host.calls('systemd-run')).toHaveLength(1);
  });
});
