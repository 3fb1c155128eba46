import { beforeEach, expect, it, jest } from '@jest/globals';
import type { Withdrawal } from '../../../src/domain/host/withdrawal.ts';
import { HostFailure } from '../../../src/ports/host-failure.ts';
import { boundRows, itInLongRun } from '../../long-run.ts';
import { awaitStage, runStage, toLines } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { KUBELET_UNITS, plantWorker, stageInput, startInput, toUnit } from './worker-node.ts';

const STATE = '/var/lib/node-decommission';
const FOLDER = `${STATE}/op-1`;
const UNITS = '/etc/systemd/system';
const READ_ONLY = 'its file system is read-only';
const FULL = 'no space or no free inode is left on its file system';

jest.setTimeout(60_000);

const mountOwn = (path: string, options: string): string =>
  `mkdir -p ${path} && cp -a ${path} /srv/copy && mount -t tmpfs ${options} own ${path} && cp -a /srv/copy/. ${path}/`;

describeOnScratchHost('stopKubelet on a host where it cannot write', () => {
  const host = useScratchHost(undefined, plantWorker);

  /** What the stage reports: its failed items, or the failure to start it. */
  const tryToStop = async (): Promise<string> => {
    const end = await runStage(host.connect(), 'stopKubelet').catch((error: unknown) => error);
    return end instanceof HostFailure ? `${end.reason}: ${end.message}` : toLines(end as never).join('\n');
  };

  const rows: [name: string, plant: string, expected: string[]][] = [
    [
      'a full /var/lib',
      `${mountOwn('/var/lib', '-o size=2m')}; cat /dev/zero >/var/lib/filler 2>/dev/null || true`,
      ['Unsupported: ', `${FOLDER} cannot be written: ${FULL}`],
    ],
    [
      'a /var/lib without free inodes',
      `${mountOwn('/var/lib', '-o size=2m,nr_inodes=60')}; i=0; while true >/var/lib/filler$i; do i=$((i + 1)); done 2>/dev/null; true`,
      ['Unsupported: ', `${STATE} cannot be created: ${FULL}`],
    ],
    [
      'a read-only /var/lib',
      `${mountOwn('/var/lib', '')}; mount -o remount,ro /var/lib`,
      ['Unsupported: ', `${STATE} cannot be created: ${READ_ONLY}`],
    ],
    [
      'a /var/lib that became read-only after an earlier attempt',
      `mkdir -m 700 -p ${FOLDER}; touch ${FOLDER}/lock; ${mountOwn('/var/lib', '')}; mount -o remount,ro /var/lib`,
      ['Unsupported: ', `${FOLDER} cannot be written: ${READ_ONLY}`],
    ],
    [
      'a read-only /etc',
      `${mountOwn('/etc', '')}; mount -o remount,ro /etc`,
      ['Failed kubelet can be masked: ', `${UNITS} cannot be written: ${READ_ONLY}`],
    ],
    [
      'a read-only unit file',
      `mount --bind ${UNITS}/kubelet.service ${UNITS}/kubelet.service`,
      ['Failed kubelet can be masked: ', `${UNITS}/kubelet.service cannot be moved: `],
    ],
  ];
  it.each(boundRows(rows, 3))('names the cause and changes nothing: %s', async (_name, plant, expected) => {
    await host.sh(plant);
    const report = await tryToStop();
    for (const text of expected) expect(report).toContain(text);
    expect(await host.sh('cat /run/stub/units/kubelet.service')).toBe('loaded active enabled');
    expect(await host.has(`${UNITS}/.node-decommission-test`)).toBe(false);
    expect(await host.connect().withdraw(KUBELET_UNITS, 'op-1', '')).toBe('Untouched');
  });

  itInLongRun('finds a stage that has succeeded, although the disk is full now', async () => {
    await runStage(host.connect(), 'stopKubelet');
    await host.sh(
      `rm -rf /srv/copy; ${mountOwn('/var/lib', '-o size=2m')}; cat /dev/zero >/var/lib/filler 2>/dev/null || true`,
    );
    expect(await runStage(host.connect(), 'stopKubelet')).toMatchObject({ kind: 'Ended', isOk: true });
  });
});

describeOnScratchHost('the record that a host is changed', () => {
  const host = useScratchHost(undefined, plantWorker);

  it('is on the disk before the kubelet is stopped, and survives its stage', async () => {
    await host.sh(`mv /usr/local/bin/systemctl /usr/local/bin/systemctl.real
      printf '%s\\n' '#!/bin/sh' 'case "$*" in "stop "*) cp ${FOLDER}/touched /run/stub/touched-at-stop ;; esac' 'exec /usr/local/bin/systemctl.real "$@"' >/usr/local/bin/systemctl
      chmod +x /usr/local/bin/systemctl`);
    await runStage(host.connect(), 'stopKubelet');
    expect(await host.sh('cat /run/stub/touched-at-stop')).toMatch(/^touched\tstopKubelet\t\d{4}-\d\d-\d\dT/);
    expect(await host.connect().withdraw(KUBELET_UNITS, 'op-1', '')).toBe('Touched');
  });

  it('is not made by a stage that finds nothing to do', async () => {
    await host.sh(`rm ${UNITS}/kubelet.service; ${toUnit('kubelet.service', 'masked inactive masked')}`);
    expect(await runStage(host.connect(), 'stopKubelet')).toMatchObject({ kind: 'Ended', isOk: true });
    expect(await host.has(`${FOLDER}/touched`)).toBe(false);
  });

  it('is required: without it, nothing is changed', async () => {
    await host.sh(`mkdir -m 700 -p ${FOLDER}; mkdir ${FOLDER}/touched.new`);
    expect(toLines(await runStage(host.connect(), 'stopKubelet'))[0]).toBe(
      `Failed kubelet.service stopped: not tried: that this operation changes the host cannot be recorded in ${FOLDER}/touched`,
    );
    expect(await host.sh('cat /run/stub/units/kubelet.service')).toBe('loaded active enabled');
    expect(await host.has(`${UNITS}/kubelet.service`)).toBe(true);
  });
});

describeOnScratchHost('a withdrawn operation', () => {
  const host = useScratchHost(undefined, plantWorker);
  beforeEach(async () => {
    // The stage waits before its first change.
    await host.sh(`mv /usr/local/bin/systemctl /usr/local/bin/systemctl.real
      printf '%s\\n' '#!/bin/sh' 'case "$*" in "show "*"-- kubelet.service") while [ -e /run/stub/held ]; do sleep 0.05; done ;; esac' 'exec /usr/local/bin/systemctl.real "$@"' >/usr/local/bin/systemctl
      chmod +x /usr/local/bin/systemctl`);
  });

  it('never stops the kubelet, also if its stage runs already', async () => {
    await host.sh('touch /run/stub/held');
    await host.connect().startStage('stopKubelet', startInput());
    const bootID = await host.sh('cat /proc/sys/kernel/random/boot_id');
    expect(await host.connect().withdraw(KUBELET_UNITS, 'op-1', bootID)).toBe('Untouched');
    await host.sh('rm /run/stub/held');
    const end = await awaitStage(host.connect(), 'stopKubelet', 'op-1');
    expect(toLines(end)[0]).toContain('not tried: this run has stopped before it changed the host, and was undone');
    expect(await host.sh('cat /run/stub/units/kubelet.service')).toBe('loaded active enabled');
    expect(await host.has(`${UNITS}/kubelet.service`)).toBe(true);
    expect(await host.connect().withdraw(KUBELET_UNITS, 'op-1', '')).toBe('Untouched');
  });

  it('starts no stage any more', async () => {
    await host.connect().withdraw(KUBELET_UNITS, 'op-1', '');
    await expect(host.connect().startStage('stopKubelet', startInput())).rejects.toMatchObject({
      reason: 'Unsupported',
      message: expect.stringContaining('start a new run') as unknown,
    });
  });

  itInLongRun('does not affect another operation', async () => {
    await host.connect().withdraw(KUBELET_UNITS, 'op-2', '');
    expect(await runStage(host.connect(), 'stopKubelet')).toMatchObject({ kind: 'Ended', isOk: true });
  });

  itInLongRun('was not withdrawn if it has changed the host: its stages can be started again', async () => {
    await runStage(host.connect(), 'stopKubelet');
    expect(await host.connect().withdraw(KUBELET_UNITS, 'op-1', '')).toBe('Touched');
    expect(await runStage(host.connect(), 'cleanHost')).toMatchObject({ kind: 'Ended', isOk: true });
  });

  const states: [state: string, expected: Withdrawal][] = [
    ['loaded active enabled', 'Untouched'],
    ['loaded activating enabled', 'Untouched'],
    ['loaded inactive enabled', 'Unclear'],
    ['loaded failed enabled', 'Unclear'],
    ['masked active masked', 'Unclear'],
  ];
  it.each(boundRows(states, 3))(
    'after a restart of the host, only a running kubelet proves it: %s',
    async (state, expected) => {
      await host.sh(toUnit('kubelet.service', state));
      expect(await host.connect().withdraw(KUBELET_UNITS, 'op-1', 'earlier boot')).toBe(expected);
      await host.sh(toUnit('kubelet.service'));
      const end = await runStage(host.connect(), 'stopKubelet').catch((error: unknown) => error);
      expect(end instanceof Error).toBe(expected === 'Untouched');
    },
  );

  it('is unknown while its folder cannot be read', async () => {
    await host.sh(`mkdir -p -m 700 ${STATE}; ln -s loop ${STATE}/loop; ln -s loop ${FOLDER}`);
    await expect(host.connect().withdraw(KUBELET_UNITS, 'op-1', '')).rejects.toMatchObject({ reason: 'Unknown' });
  });
});

describeOnScratchHost('a stage that is repeated', () => {
  const host = useScratchHost(undefined, plantWorker);

  it('lists what all its attempts did, also one that was killed', async () => {
    await host.sh(`mv /usr/local/bin/systemctl /usr/local/bin/systemctl.real
      printf '%s\\n' '#!/bin/sh' 'case "$*" in "disable "*) if [ -e /run/stub/held ]; then exec sleep 60; fi ;; esac' 'exec /usr/local/bin/systemctl.real "$@"' >/usr/local/bin/systemctl
      chmod +x /usr/local/bin/systemctl; touch /run/stub/held`);
    const killed = await runStage(host.connect(), 'stopKubelet', stageInput({ deadlineSeconds: 2 }));
    expect(killed).toMatchObject({ kind: 'Lost' });
    await host.sh('rm /run/stub/held');
    expect(toLines(await runStage(host.connect(), 'stopKubelet'))).toEqual([
      'Done kubelet.service stopped',
      'Done kubelet.service disabled',
      'Done kubelet.service masked',
      'NothingToDo pod sandboxes of containerd',
    ]);
  });

  itInLongRun('lists failures first, and what an earlier attempt did only once', async () => {
    const input = stageInput({ kubeletUnits: ['kubelet.service', 'missing.service'] });
    await runStage(host.connect(), 'stopKubelet', input);
    expect(toLines(await runStage(host.connect(), 'stopKubelet', input)).map((line) => line.split(':')[0])).toEqual([
      'Failed missing.service stopped',
      'Failed pod sandboxes',
      'Done kubelet.service stopped',
      'Done kubelet.service disabled',
      'Done kubelet.service masked',
    ]);
  });
});
