import { expect, it, jest } from '@jest/globals';
import { itInLongRun } from '../../long-run.ts';
import { runStage, toLines } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { CLUSTER, KUBELET_UNITS, plantWorker, toFile, toKubeconfig } from './worker-node.ts';

const OURS = toKubeconfig(CLUSTER, 'alice');

jest.setTimeout(60_000);

describeOnScratchHost("users' kubeconfigs behind links", () => {
  const host = useScratchHost(undefined, plantWorker);
  const clean = async (): Promise<readonly string[]> => toLines(await runStage(host.connect(), 'cleanHost'));

  it('on another machine are neither read nor changed', async () => {
    // Replaces a file server: a file system that is not local.
    await host.sh(`mkdir /nfs; mount -t hugetlbfs nfs /nfs; mkdir -p /nfs/alice/.kube /nfs/kube /home/bob/.kube
      touch /nfs/alice/.kube/config /nfs/kube/config
      ${toFile('/srv/config', OURS)}
      mount --bind /srv/config /nfs/alice/.kube/config; mount --bind /srv/config /nfs/kube/config
      ln -s /nfs/alice /home/alice; ln -s ../../../nfs/kube/config /home/bob/.kube/config`);
    expect((await clean()).filter((line) => line.includes('kubeconfig'))).toEqual([
      'NothingToDo kept: kubeconfig /home/bob/.kube/config',
      'NothingToDo kubeconfigs of this cluster',
    ]);
    expect((await host.connect().readFacts(KUBELET_UNITS)).credentialPaths).toEqual([]);
  });

  itInLongRun('on this machine are cleaned', async () => {
    await host.sh(`${toFile('/srv/alice/.kube/config', OURS)}\nln -s ../srv/alice /home/alice`);
    expect(await clean()).toContain(`Done kubeconfig /home/alice/.kube/config`);
    expect(await host.has('/srv/alice/.kube/config')).toBe(false);
  });
});
