import { expect, it, jest } from '@jest/globals';
import { boundRows } from '../../long-run.ts';
import { runStage, toLines } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { KUBEADM_FLAGS, KUBELET_UNITS, plantWorker, stageInput, startInput, toKubelet } from './worker-node.ts';

jest.setTimeout(60_000);

describeOnScratchHost("the kubelet's directory", () => {
  const host = useScratchHost(undefined, plantWorker);

  const unsafe: [name: string, directory: string, plant: string][] = [
    ['the settings of the host', '/etc/kubelet', toKubelet([...KUBEADM_FLAGS, '--root-dir=/etc/kubelet'])],
    [
      'a link to them',
      '/etc/kubelet',
      `mkdir -p /srv; ln -s /etc/kubelet /srv/link; ${toKubelet([...KUBEADM_FLAGS, '--root-dir=/srv/link'])}`,
    ],
    ['the home of root', '/root', toKubelet([...KUBEADM_FLAGS, '--root-dir=/root'])],
  ];
  it.each(boundRows(unsafe, 2))(
    "is refused before anything is changed, where the kubelet's files cannot be distinguished from others: %s",
    async (_name, directory, plant) => {
      await host.sh(`mkdir -p '${directory}/pki' '${directory}/pods/p/v'; echo key >'${directory}/pki/kubelet.key'
        mount -t tmpfs s '${directory}/pods/p/v'; echo secret >'${directory}/pods/p/v/token'; ${plant}`);
      expect((await host.connect().readFacts(KUBELET_UNITS)).unknowns).toContainEqual({
        what: `which files in the kubelet's root directory ${directory} are its own`,
        command: `ls -la '${directory}'`,
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
