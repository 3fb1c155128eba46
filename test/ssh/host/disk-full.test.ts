import { beforeEach, expect, it, jest } from '@jest/globals';
import { boundRows } from '../../long-run.ts';
import { runStage, toLines } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { KUBEADM_FLAGS, KUBELET_UNITS, MARKER, plantWorker, stageInput, toKubelet } from './worker-node.ts';

const STATE = '/var/lib/node-decommission';
const FOLDER = `${STATE}/op-1`;
const NO_SPACE = 'no space or no free inode is left on its file system';

jest.setTimeout(60_000);

describeOnScratchHost('a host whose disk is full', () => {
  const host = useScratchHost(undefined, plantWorker);
  beforeEach(async () => {
    await host.sh(`mkdir -m 700 ${STATE}; mount -t tmpfs -o size=1m,mode=700 small ${STATE}; mkdir -m 700 ${FOLDER}`);
  });
  /** Leaves that many pages (4 KiB, one for each small file); a folder needs none. */
  const fill = (pages: number): Promise<string> =>
    host.sh(`cat /dev/zero >${STATE}/filler 2>/dev/null; truncate -s -${pages * 4}K ${STATE}/filler`);
  const isKubeletOn = async (): Promise<boolean> =>
    (await host.sh('cat /run/stub/units/kubelet.service')).includes(' active ');

  it('does not lose a failure that could not be written, even if there is space again', async () => {
    const extras = [
      `stop*kubelet*) cat /dev/zero >${STATE}/filler ;;`,
      'disable*kubelet*) exit 1 ;;',
      `mask*kubelet*) rm ${STATE}/filler ;;`,
    ];
    await host.sh(`mv /usr/local/bin/systemctl /usr/local/bin/systemctl.real
      printf '%s\\n' '#!/bin/sh' 'case "$*" in ${extras.join(' ')} esac' 'exec /usr/local/bin/systemctl.real "$@"' >/usr/local/bin/systemctl
      chmod +x /usr/local/bin/systemctl; rm /etc/systemd/system/kubelet.service`);
    expect(toLines(await runStage(host.connect(), 'stopKubelet'))[0]).toMatch(
      /^Failed record of the stage: .*is the disk full/,
    );
  });

  it.each(boundRows([0, 1, 2, 3, 4, 5, 6, 7, 8], 9))(
    'keeps the marker of an earlier stage and starts no incomplete stage: %d pages',
    async (pages) => {
      await runStage(host.connect(), 'stopKubelet');
      await host.sh(
        'echo "loaded active enabled" >/run/stub/units/kubelet.service; rm /etc/systemd/system/kubelet.service',
      );
      const size = await host.sh(`stat -c %s ${FOLDER}/stopKubelet.sh`);
      await fill(Math.ceil(Number(size) / 4096) + pages);
      const end = await runStage(host.connect(), 'cleanHost').catch((error: unknown) => error);
      expect((await host.connect().readFacts(KUBELET_UNITS)).marker).toEqual(MARKER);
      if (await isKubeletOn()) expect(end).not.toMatchObject({ kind: 'Ended', isOk: true });
      if (end instanceof Error) {
        expect(end).toMatchObject({ reason: 'Unsupported', message: expect.stringContaining(NO_SPACE) as unknown });
      }
    },
  );

  it('keeps its kubelet until there is room for everything that the stage writes', async () => {
    await host.sh(`mkdir -p /srv/kubelet/pods/p; ${toKubelet([...KUBEADM_FLAGS, '--root-dir=/srv/kubelet'])}`);
    for (let pages = 24; pages < 200; pages += 16) {
      await host.sh(`rm -rf ${FOLDER}/*; rm -f ${STATE}/filler`);
      await fill(pages);
      const end = await runStage(host.connect(), 'stopKubelet').catch((error: unknown) => error);
      if (!(await isKubeletOn())) break;
      expect(end).toMatchObject({ reason: 'Unsupported', message: expect.stringContaining(NO_SPACE) as unknown });
      expect(await host.has(`${FOLDER}/touched`)).toBe(false);
    }
    expect(await isKubeletOn()).toBe(false);
    expect(await host.sh(`grep ^KUBELET_ROOT ${FOLDER}/facts`)).toBe('KUBELET_ROOT\t/srv/kubelet');
  });
});

describeOnScratchHost('a stage without kubelet units', () => {
  const host = useScratchHost(undefined, plantWorker);

  it.each(boundRows([[[]], [['-kubelet.service']], [['kubelet.service', '-x.service']]], 3))(
    'is never started: %j',
    async (kubeletUnits) => {
      const end = await runStage(host.connect(), 'stopKubelet', stageInput({ kubeletUnits })).catch(
        (error: unknown) => error,
      );
      expect(end).toMatchObject({ name: 'HostFailure', reason: 'Unsupported' });
      expect(await host.sh('cat /run/stub/units/kubelet.service')).toBe('loaded active enabled');
    },
  );
});
