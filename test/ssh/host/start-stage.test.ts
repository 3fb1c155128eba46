import { expect, it, jest } from '@jest/globals';
import { itInLongRun } from '../../long-run.ts';
import type { StageState } from '../../../src/domain/host/stage.ts';
import type { RemoteShell } from '../../../src/ssh/connection/remote-shell.ts';
import { awaitStage, runStage } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { KUBELET_UNITS, MARKER, plantWorker, startInput, toUnit } from './worker-node.ts';

const FOLDER = '/var/lib/node-decommission/op-1';
const UNIT = 'node-decommission-op-1-stopKubelet.service';

jest.setTimeout(60_000);

describeOnScratchHost('a stage on a host', () => {
  const host = useScratchHost(undefined, plantWorker);
  const read = (): Promise<StageState> => host.connect().readStage('stopKubelet', 'op-1');
  const countStarts = async (): Promise<number> => (await host.calls('systemd-run')).length;
  /** Makes the next stage wait until `releaseStage`. */
  const holdStage = (): Promise<string> =>
    host.sh(
      'mv /usr/local/bin/systemctl /usr/local/bin/systemctl.real; printf \'#!/bin/sh\\ncase "$*" in *stop*kubelet*) while [ -e /run/stub/held ]; do sleep 0.05; done ;; esac\\nexec /usr/local/bin/systemctl.real "$@"\\n\' >/usr/local/bin/systemctl; chmod +x /usr/local/bin/systemctl; touch /run/stub/held',
    );
  const releaseStage = (): Promise<string> => host.sh('rm /run/stub/held');

  it('is reported as not started before its start', async () => {
    expect(await read()).toEqual({ kind: 'NotStarted' });
  });

  it('runs as a unit named after its operation, with its deadline, and leaves marker, result and log readable only by root', async () => {
    const state = await runStage(host.connect(), 'stopKubelet');
    expect(state).toMatchObject({ kind: 'Ended', isOk: true });
    expect(await host.calls('systemd-run')).toEqual([
      expect.stringMatching(new RegExp(`--unit=${UNIT} .*RuntimeMaxSec=120 .*/bin/sh ${FOLDER}/stopKubelet.sh`)),
    ]);
    expect((await host.connect().readFacts(KUBELET_UNITS)).marker).toEqual(MARKER);
    expect(await host.sh(`stat -c '%a %U' ${FOLDER} /var/lib/node-decommission`)).toBe('700 root\n700 root');
    expect(await host.sh(`find ${FOLDER} -type f -perm /077 ! -name '*.kept' | wc -l`)).toBe('0');
    expect(await host.has(`${FOLDER}/stopKubelet.log`)).toBe(true);
  });

  it('is found, not repeated, while it runs and after it has succeeded', async () => {
    await holdStage();
    await host.connect().startStage('stopKubelet', startInput());
    expect(await read()).toEqual({ kind: 'Running' });
    await host.connect().startStage('stopKubelet', startInput());
    await releaseStage();
    expect(await awaitStage(host.connect(), 'stopKubelet', 'op-1')).toMatchObject({ kind: 'Ended', isOk: true });
    await host.connect().startStage('stopKubelet', startInput());
    expect(await read()).toMatchObject({ kind: 'Ended', isOk: true });
    expect(await countStarts()).toBe(1);
  });

  it('runs once when it is started several times concurrently', async () => {
    await holdStage();
    await Promise.all([1, 2, 3, 4].map(() => host.connect().startStage('stopKubelet', startInput())));
    expect(await countStarts()).toBe(1);
    await releaseStage();
    expect(await awaitStage(host.connect(), 'stopKubelet', 'op-1')).toMatchObject({ kind: 'Ended', isOk: true });
  });

  itInLongRun('is started again after it failed', async () => {
    await host.sh('rm /run/stub/units/kubelet.service');
    expect(await runStage(host.connect(), 'stopKubelet')).toMatchObject({ kind: 'Ended', isOk: false });
    await host.sh(toUnit('kubelet.service'));
    expect(await runStage(host.connect(), 'stopKubelet')).toMatchObject({ kind: 'Ended', isOk: true });
    expect(await countStarts()).toBe(2);
  });

  itInLongRun('runs again for another operation', async () => {
    await runStage(host.connect(), 'stopKubelet');
    const input = startInput({ marker: { ...MARKER, operationId: 'decommission/default/node/worker-1 #2' } });
    expect(await runStage(host.connect(), 'stopKubelet', input)).toMatchObject({ kind: 'Ended', isOk: true });
    expect(await countStarts()).toBe(2);
  });

  it('does not run a script that arrived incomplete', async () => {
    const cut: RemoteShell = {
      run: (call) =>
        host.shell.run(
          call.input === undefined ? call : { ...call, input: call.input.slice(0, call.input.length - 40) },
        ),
      close: () => Promise.resolve(),
    };
    await expect(host.connect(cut).startStage('stopKubelet', startInput())).rejects.toMatchObject({
      reason: 'Unknown',
      message: expect.stringContaining('arrived incomplete') as unknown,
    });
    expect(await countStarts()).toBe(0);
    expect(await read()).toEqual({ kind: 'NotStarted' });
    expect(await host.sh(`ls ${FOLDER}`)).toBe('lock');
  });

  it('is lost when the host restarts before it ends, and can be started again', async () => {
    await holdStage();
    await host.connect().startStage('stopKubelet', startInput());
    await host.sh(`
      pkill -KILL -s "$(cat /run/stub/sessions/${UNIT})"; sleep 0.2; rm -f /run/stub/units/${UNIT}
      printf 'bootId\\tanother\\n' >${FOLDER}/stopKubelet.begun`);
    expect(await read()).toEqual({ kind: 'Lost', message: 'the host restarted before the stage ended' });
    await releaseStage();
    expect(await runStage(host.connect(), 'stopKubelet')).toMatchObject({ kind: 'Ended', isOk: true });
  });

  it('is ended by its own deadline', async () => {
    await holdStage();
    expect(await runStage(host.connect(), 'stopKubelet', startInput({ deadlineSeconds: 1 }))).toEqual({
      kind: 'Lost',
      message: expect.stringContaining('the stage exceeded its deadline') as unknown,
    });
    await releaseStage();
    expect(await runStage(host.connect(), 'stopKubelet')).toMatchObject({ kind: 'Ended', isOk: true });
  });

  it('reports that it was killed', async () => {
    await holdStage();
    await host.connect().startStage('stopKubelet', startInput());
    await host.sh(`
      pkill -KILL -s "$(cat /run/stub/sessions/${UNIT})"; sleep 0.2
      mkdir -p /run/stub/results; echo signal >/run/stub/results/${UNIT}; echo 'loaded failed transient' >/run/stub/units/${UNIT}`);
    expect(await read()).toEqual({ kind: 'Lost', message: 'the stage was killed by a signal' });
  });

  const unsupported: [name: string, plant: string, reason: string, problem: string][] = [
    ['no systemd', 'rm -r /run/systemd/system', 'Unsupported', 'it does not run systemd'],
    [
      'no systemd-run',
      'rm /usr/local/bin/systemd-run; mount --bind /dev/null /usr/bin/systemd-run',
      'Unsupported',
      'it has no systemd-run',
    ],
    ['no flock', 'mount --bind /dev/null /usr/bin/flock', 'Unsupported', 'it has no flock'],
    [
      'a link instead of its folder',
      'mkdir /srv/x; ln -s /srv/x /var/lib/node-decommission',
      'Unsupported',
      'not a directory owned by root',
    ],
    [
      'a folder of another user',
      'mkdir /var/lib/node-decommission; chown 1000 /var/lib/node-decommission',
      'Unsupported',
      'not a directory owned by root',
    ],
    [
      'a systemd that fails',
      "printf '#!/bin/sh\\nexit 1\\n' >/usr/local/bin/systemd-run",
      'Unsupported',
      'systemd-run did not start it',
    ],
    [
      'no root privileges',
      "printf '#!/bin/sh\\necho 1000\\n' >/usr/local/bin/id; chmod +x /usr/local/bin/id",
      'NoRights',
      'no root privileges',
    ],
  ];
  it.each(unsupported)('reports the reason: %s', async (_name, plant, reason, problem) => {
    await host.sh(plant);
    await expect(host.connect().startStage('stopKubelet', startInput())).rejects.toMatchObject({
      name: 'HostFailure',
      reason,
      message: expect.stringContaining(problem) as unknown,
    });
    expect(await host.sh('cat /run/stub/units/kubelet.service')).toBe('loaded active enabled');
  });
});
