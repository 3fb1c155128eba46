import { expect, it, jest } from '@jest/globals';
import { boundRows } from '../../long-run.ts';
import type { VolumeMount } from '../../../src/domain/host/facts.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { KUBEADM_FLAGS, KUBELET_UNITS, plantWorker, toKubelet } from './worker-node.ts';

jest.setTimeout(60_000);

const UID = '11111111-2222-3333-4444-555555555555';

describeOnScratchHost('the volumes that are mounted on a host', () => {
  const host = useScratchHost(undefined, plantWorker);
  const readMounts = async (): Promise<readonly VolumeMount[]> =>
    (await host.connect().readFacts(KUBELET_UNITS)).volumeMounts;

  const roots: [name: string, root: string, table: string, plant: string][] = [
    ['in its standard directory', '/var/lib/kubelet', '/var/lib/kubelet', 'true'],
    ['in another one', '/srv/kubelet', '/srv/kubelet', toKubelet([...KUBEADM_FLAGS, '--root-dir=/srv/kubelet'])],
    [
      'behind links, with spaces and a backslash',
      '/var/lib/kubelet',
      '/srv/a disk\\',
      String.raw`for part in pods plugins; do mkdir -p "/srv/a disk\\/$part"; ln -s "/srv/a disk\\/$part" "/var/lib/kubelet/$part"; done`,
    ],
  ];
  it.each(boundRows(roots, 4))('are found with pod, device and directory %s', async (_name, root, table, plant) => {
    await host.sh(`mkdir -p ${root}; rm -rf ${root}/pods ${root}/plugins; ${plant}
      pod='${root}/pods/${UID}/volumes/kubernetes.io~csi/a b/mount'
      global=${root}/plugins/kubernetes.io/csi/disk.csi/0a1b/globalmount
      mkdir -p "$pod" "$global" ${root}/plugins/disk.csi/data /srv/pods/x
      mount -t tmpfs s "$global"
      mkdir "$global/data"
      mount --bind "$global/data" "$pod"
      mount -t tmpfs s ${root}/plugins/disk.csi/data
      mount -t tmpfs s /srv/pods/x`);
    const mounts = await readMounts();
    const device = mounts[0]?.device ?? '';
    expect(device).toMatch(/^\d+:\d+$/);
    expect(mounts).toEqual([
      {
        path: `${table}/pods/${UID}/volumes/kubernetes.io~csi/a b/mount`,
        device,
        root: '/data',
        podUid: UID,
      },
      { path: `${table}/plugins/kubernetes.io/csi/disk.csi/0a1b/globalmount`, device, root: '/' },
    ]);
  });

  it('are none on a host without any', async () => {
    expect(await readMounts()).toEqual([]);
  });
});
