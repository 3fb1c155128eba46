import { gzipSync } from 'node:zlib';
import { expect, it, jest } from '@jest/globals';
import { recordCase } from '../../ssh/host/case-table.ts';
import { readChecksums, toKept } from '../../ssh/host/kubelet-layout.ts';
import { runStage, toLines } from '../../ssh/host/run-stage.ts';
import { describeOnScratchHost, useScratchHost } from '../../ssh/host/scratch-host.ts';
import {
  CLUSTER,
  KUBELET_UNITS,
  OTHER_CLUSTER,
  plantWorker,
  toFile,
  toKubeconfig,
} from '../../ssh/host/worker-node.ts';

const toJoin = (server: string, more = ''): string =>
  `apiVersion: kubeadm.k8s.io/v1beta4\nkind: JoinConfiguration\ndiscovery:\n  bootstrapToken:\n    token: "abcdef.0123456789abcdef"\n    apiServerEndpoint: "${server.replace('https://', '')}"\n${more}`;
const toK0sToken = (cluster: typeof CLUSTER | typeof OTHER_CLUSTER): string =>
  gzipSync(toKubeconfig(cluster, 'kubelet-bootstrap')).toString('base64');

const REMOVED: Record<string, string> = {
  '/etc/kubeadm-join.yaml': toJoin(CLUSTER.server),
  '/root/kubeadm-config.yaml': toJoin(
    CLUSTER.server,
    '---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n',
  ),
  '/run/kubeadm/kubeadm-join-config.yaml': toJoin(CLUSTER.server),
  '/etc/k0s/k0stoken': toK0sToken(CLUSTER),
};
const KEPT: Record<string, string> = {
  '/etc/kubeadm/other.yaml': toJoin(OTHER_CLUSTER.server),
  '/etc/k0s/other-token': toK0sToken(OTHER_CLUSTER),
  '/var/lib/cloud/instances/i-1/user-data.txt':
    '#cloud-config\nruncmd: [kubeadm join 10.0.0.1:6443 --token abcdef.0123456789abcdef]\n',
  '/var/lib/cloud/instances/i-1/scripts/runcmd': '#!/bin/sh\nK3S_TOKEN=secret install\n',
  '/etc/containerd/config.toml':
    '[plugins."io.containerd.cri.v1.images".registry.configs."x".auth]\n  password = "secret"\n',
  '/etc/containerd/certs.d/x/hosts.toml':
    'server = "https://x"\n[host."https://x".header]\n  authorization = "Basic c2VjcmV0"\n',
  '/root/.docker/config.json': '{"auths": {"x": {"auth": "c2VjcmV0"}}}\n',
};
const UNNAMED: Record<string, string> = {
  '/root/kubeadm-mixed.yaml': toJoin(CLUSTER.server, '---\nkind: Secret\n'),
  '/var/lib/cloud/instances/i-1/cloud-config.txt': '#cloud-config\npackages: [vim]\n',
  '/etc/containerd/certs.d/y/hosts.toml': 'server = "https://y"\n',
};

jest.setTimeout(60_000);

describeOnScratchHost('tokens to join a cluster, and logins for registries', () => {
  const host = useScratchHost(undefined, plantWorker);

  it('are removed where the file has nothing else and is of this cluster, and are named otherwise', async () => {
    await host.sh(
      Object.entries({ ...REMOVED, ...KEPT, ...UNNAMED })
        .map(([path, text]) => toFile(path, text))
        .join('\n'),
    );
    const stay = [...Object.keys(KEPT), ...Object.keys(UNNAMED)];
    const before = await readChecksums(host, ...stay);
    expect((await host.connect().readFacts(KUBELET_UNITS)).credentialPaths).toEqual(
      expect.arrayContaining(Object.keys(REMOVED)),
    );
    const state = await runStage(host.connect(), 'cleanHost');
    expect(state).toMatchObject({ kind: 'Ended', isOk: true });
    expect((await host.connect().readFacts(KUBELET_UNITS)).credentialPaths).toEqual([]);
    for (const path of Object.keys(REMOVED)) expect([path, await host.has(path)]).toEqual([path, false]);
    expect(await readChecksums(host, ...stay)).toBe(before);
    expect(toKept(toLines(state))).toEqual(Object.keys(KEPT).sort());
    // Names only.
    expect(JSON.stringify(state)).not.toMatch(/secret|c2VjcmV0|abcdef\./);
    expect(await host.sh('cat /var/lib/node-decommission/op-1/cleanHost.log')).not.toMatch(/c2VjcmV0|abcdef\./);
    recordCase({
      layout: 'join tokens and logins for registries',
      how: 'scratch',
      outcome: 'cleaned',
      stays: 'tokens of other clusters, user data, logins for registries, by checksum',
    });
  });

  const rancher = [
    '/etc/rancher/k3s/config.yaml',
    '/etc/rancher/rke2/config.yaml',
    '/etc/rancher/rke2/config.yaml.d/10-agent.yaml',
  ];
  it.each([
    ['this cluster', CLUSTER, true],
    ['another cluster', OTHER_CLUSTER, false],
  ])('of k3s and rke2 belong to the cluster of their agent: %s', async (_name, cluster, isOurs) => {
    await host.sh(
      [
        ...rancher.map((file, index) =>
          toFile(file, `server: https://x:9345\n${index === 0 ? 'agent-' : ''}token: K10x\n`),
        ),
        ...['k3s', 'rke2'].map((agent) =>
          toFile(`/var/lib/rancher/${agent}/agent/kubelet.kubeconfig`, toKubeconfig(cluster, 'agent')),
        ),
        toFile('/etc/rancher/rke2/config.yaml.d/20-labels.yaml', 'node-label: [x=y]\n# token: none\n'),
      ].join('\n'),
    );
    await runStage(host.connect(), 'cleanHost');
    const files = [...(isOurs ? [] : rancher), '/etc/rancher/rke2/config.yaml.d/20-labels.yaml'].sort();
    expect((await host.sh('find /etc/rancher -type f | sort')).split('\n')).toEqual(files);
    expect((await host.connect().readFacts(KUBELET_UNITS)).credentialPaths).toEqual([]);
  });
});
