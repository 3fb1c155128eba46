import { beforeEach, expect, it, jest } from '@jest/globals';
import { recordCase } from '../../ssh/host/case-table.ts';
import { POD, readChecksums, toKubeletFiles } from '../../ssh/host/kubelet-layout.ts';
import { runStage, toLines } from '../../ssh/host/run-stage.ts';
import { describeOnScratchHost, useScratchHost } from '../../ssh/host/scratch-host.ts';
import { plantWorker } from '../../ssh/host/worker-node.ts';

const VOLUME = `/var/lib/kubelet/pods/${POD}/volumes/kubernetes.io~csi/pv-1/mount`;

jest.setTimeout(60_000);

describeOnScratchHost('a volume that is in use', () => {
  const host = useScratchHost(undefined, plantWorker);
  const failures = async (): Promise<readonly string[]> =>
    toLines(await runStage(host.connect(), 'cleanHost')).filter((line) => line.startsWith('Failed'));
  beforeEach(async () => {
    await host.sh(`${toKubeletFiles('/var/lib/kubelet')}
      mkdir -p /srv/pv ${VOLUME}; echo precious >/srv/pv/file; cp /usr/bin/sleep /srv/pv/program; mount --bind /srv/pv ${VOLUME}`);
  });
  /** Starts a process that ends with `kill $(cat /run/holder)`. */
  const hold = async (command: string): Promise<string> =>
    await host.sh(`${command} </dev/null >/dev/null 2>&1 & echo $! >/run/holder
      sleep 0.3; cat /run/holder`);

  const holders: [name: string, command: string, process: string][] = [
    ['as working directory', `(cd ${VOLUME} && exec setsid sleep 1000)`, 'sleep'],
    ['as an open file', `exec setsid perl -e 'open(my $f, "<", "${VOLUME}/file"); sleep 1000'`, 'perl'],
    ['as program', `exec setsid ${VOLUME}/program 1000`, 'program'],
    ['as root directory', `exec setsid perl -e 'chroot("${VOLUME}"); sleep 1000'`, 'perl'],
  ];
  it.each(holders)(
    'parks and names the process, and the next attempt completes: %s',
    async (name, command, process) => {
      const pid = await hold(command);
      const before = await readChecksums(host, '/srv', VOLUME);
      expect(await failures()).toEqual([
        `Failed mounts below /var/lib/kubelet: still mounted: ${VOLUME}; in use by process ${pid} (${process}): end what uses it`,
        `Failed contents of /var/lib/kubelet: a volume is mounted in it (${VOLUME}): nothing was removed, to protect the data`,
      ]);
      expect(await readChecksums(host, '/srv', VOLUME)).toBe(before);
      // Credentials are removed anyway.
      expect(await host.sh('find /etc/kubernetes /var/lib/kubelet/pki -type f')).toBe('');
      const outside = await readChecksums(host, '/srv');
      await host.sh(
        `kill -KILL ${pid}; while [ -d /proc/${pid}/fd ] && ! grep -q '^State:.Z' /proc/${pid}/status; do sleep 0.02; done`,
      );
      expect(await failures()).toEqual([]);
      expect(await host.sh('ls -A /var/lib/kubelet')).toBe('');
      expect(await readChecksums(host, '/srv')).toBe(outside);
      recordCase({
        layout: `a volume in use ${name}`,
        how: 'scratch',
        outcome: 'parked',
        stays: 'the data of the volume, by checksum; the process, which is named',
      });
    },
  );
});
