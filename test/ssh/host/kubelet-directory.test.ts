import { expect, it, jest } from '@jest/globals';
import { runStage, toLines } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { KUBELET_UNITS, plantWorker, toFile } from './worker-node.ts';

jest.setTimeout(60_000);

describeOnScratchHost("the kubelet's directory", () => {
  const host = useScratchHost([], plantWorker);

  const unsafe: [name: string, directory: string, plant: string][] = [
    ['by its flag', '/data', toFile('/etc/default/kubelet', 'KUBELET_EXTRA_ARGS="--v=2 --root-dir=/data"')],
    ['by its only flag', '/data', toFile('/etc/default/kubelet', 'KUBELET_EXTRA_ARGS=--root-dir=/data')],
    ['behind a link', '/home/kubelet', 'rm -r /var/lib/kubelet; ln -s /home/kubelet /var/lib/kubelet'],
    ['with a space', '/srv/a b', 'rm -r /var/lib/kubelet; ln -s "/srv/a b" /var/lib/kubelet'],
  ];
  it.each(unsafe)(
    'is refused before anything is changed, and never reported as clean, where it is not safe to empty: %s',
    async (_name, directory, plant) => {
      await host.sh(`mkdir -p '${directory}/pki' '${directory}/pods/p/v'; echo key >'${directory}/pki/kubelet.key'
        mount -t tmpfs s '${directory}/pods/p/v'; echo secret >'${directory}/pods/p/v/token'; ${plant}`);
      await expect(host.connect().readFacts(KUBELET_UNITS)).rejects.toMatchObject({
        reason: 'Unsupported',
        message: expect.stringContaining(`keeps its files in ${directory}, which cannot be emptied`) as unknown,
      });
      expect(toLines(await runStage(host.connect(), 'cleanHost'))).toContain(
        `Failed contents of the kubelet's directory: ${directory} may contain unrelated files: empty it manually`,
      );
      expect(await host.sh(`cat '${directory}/pods/p/v/token'`)).toBe('secret');
    },
  );

  it('is found when it is the only flag in a file that the unit reads', async () => {
    await host.sh(`mkdir -p /srv/kubelet/pods/p/v; mount -t tmpfs s /srv/kubelet/pods/p/v
      ${toFile('/etc/default/kubelet', 'KUBELET_EXTRA_ARGS=--root-dir=/srv/kubelet')}`);
    expect((await host.connect().readFacts(KUBELET_UNITS)).mounts).toMatchObject([{ podUid: 'p' }]);
  });
});
