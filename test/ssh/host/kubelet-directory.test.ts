import { expect, it, jest } from '@jest/globals';
import { runStage, toLines } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { KUBEADM_FLAGS, KUBELET_UNITS, plantWorker, stageInput, startInput, toKubelet } from './worker-node.ts';

jest.setTimeout(60_000);

describeOnScratchHost("the kubelet's directory", () => {
  const host = useScratchHost([], plantWorker);

  const unsafe: [name: string, directory: string, plant: string][] = [
    ['by its flag', '/data', toKubelet([...KUBEADM_FLAGS, '--root-dir=/data'])],
    [
      'by a link to its flag',
      '/data',
      `ln -s /data /srv/link; ${toKubelet([...KUBEADM_FLAGS, '--root-dir=/srv/link'])}`,
    ],
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
      const { layout } = startInput();
      const facts = [
        { name: 'KUBELET_ROOT', value: directory },
        { name: 'KUBELET_KUBECONFIG', value: '/k.conf' },
      ];
      const bound = stageInput({ layout: { ...layout, facts } });
      expect(toLines(await runStage(host.connect(), 'cleanHost', bound))).toContain(
        `Failed contents of the kubelet's directory: ${directory} may contain unrelated files: empty it manually`,
      );
      expect(await host.sh(`cat '${directory}/pods/p/v/token'`)).toBe('secret');
    },
  );
});
