import { expect, it, jest } from '@jest/globals';
import { boundRows } from '../../long-run.ts';
import { CONTAINERD_SOCKET, CRI_RECORDS, toContainer } from './planted-containers.ts';
import { toContainerd } from './planted-runtimes.ts';
import { runStage } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { plantFiles, toFile, toKubeletOn } from './worker-node.ts';

const ID = 'ab'.repeat(32);

jest.setTimeout(60_000);

describeOnScratchHost('records of a sandbox that ctr removed', () => {
  const host = useScratchHost(['ctr'], plantFiles);
  const plant = (...commands: readonly string[]): Promise<string> =>
    host.sh(
      [
        ...commands,
        toContainerd({ flags: [] }),
        toKubeletOn(CONTAINERD_SOCKET),
        toContainer('k8s.io', ID, 'sandbox'),
        toFile('/srv/others/file', 'precious'),
      ].join('\n'),
    );

  const roots: [name: string, real: string, layout: string][] = [
    ['behind a link', '/srv/containerd', 'mkdir -p /srv/containerd; ln -s /srv/containerd /var/lib/containerd'],
    [
      'with a space',
      '/srv/a b',
      `mkdir -p '/srv/a b'\n${toFile('/etc/containerd/config.toml', 'root = "/srv/a b"\n')}`,
    ],
  ];
  it.each(boundRows(roots, 2))('are not removed through a mount: containerd root %s', async (_name, real, layout) => {
    const record = `${CRI_RECORDS.replace('/var/lib/containerd', real)}/sandboxes/${ID}`;
    await plant(layout);
    await host.sh(`mkdir -p '${record}/busy'; mount --bind /srv/others '${record}/busy'
      (cd '${record}/busy' && exec setsid sleep 1000) </dev/null >/dev/null 2>&1 &
      sleep 0.3`);
    await runStage(host.connect(), 'stopKubelet');
    expect(await host.sh('cat /srv/others/file')).toBe('precious');
  });

  it('are removed behind a link when no mount is left', async () => {
    await plant('mkdir -p /srv/containerd; ln -s /srv/containerd /var/lib/containerd');
    await host.sh(
      `mkdir -p ${CRI_RECORDS}/sandboxes/${ID}/shm; mount --bind /srv/others ${CRI_RECORDS}/sandboxes/${ID}/shm`,
    );
    await runStage(host.connect(), 'stopKubelet');
    expect(await host.sh(`ls ${CRI_RECORDS}/sandboxes; cat /srv/others/file`)).toBe('precious');
  });
});
