import { beforeEach, expect, it, jest } from '@jest/globals';
import { recordCase } from './case-table.ts';
import { readChecksums, toKept } from './kubelet-layout.ts';
import { itInLongRun } from '../../long-run.ts';
import { runStage, toLines } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { CLIENT, CLUSTER, KUBELET_UNITS, OTHER_CLUSTER, plantWorker, toFile, toKubeconfig } from './worker-node.ts';

const ETC = '/etc/kubernetes';
const OURS = toKubeconfig(CLUSTER, 'admin');
const THEIRS = toKubeconfig(OTHER_CLUSTER, 'admin');
const BOTH = OURS.replace(
  'contexts:',
  `- cluster:\n    certificate-authority-data: ${OTHER_CLUSTER.caData}\n    server: ${OTHER_CLUSTER.server}\n  name: other\ncontexts:`,
);
const toJoin = (server: string): string =>
  `apiVersion: kubeadm.k8s.io/v1beta4\nkind: JoinConfiguration\ndiscovery:\n  bootstrapToken:\n    token: abcdef.0123456789abcdef\n    apiServerEndpoint: ${server.replace('https://', '')}\n`;

/** By path below /etc/kubernetes. */
const REMOVED: Record<string, string> = {
  'admin.conf': OURS,
  'super-admin.conf': OURS,
  'bootstrap-kubelet.conf': OURS,
  'old/kubelet.conf.2026': OURS,
  'with space/admin.conf': OURS,
  'ours.json': JSON.stringify({
    clusters: [{ name: 'c', cluster: { 'certificate-authority-data': CLUSTER.caData, server: CLUSTER.server } }],
  }),
  'manifests/proxy.yaml': 'kind: Pod\n',
  'kubeadm-join.yaml': toJoin(CLUSTER.server),
};
const KEPT: Record<string, [content: string, reason: string]> = {
  'prod/admin.conf': [THEIRS, 'a kubeconfig of another cluster'],
  'backup/etcd.db': ['snapshot', 'nothing shows that it belongs to this cluster'],
  'pki/other-ca.crt': [OTHER_CLUSTER.ca, 'nothing shows that it belongs to this cluster'],
  'pki/bundle.crt': [`${CLUSTER.ca}${OTHER_CLUSTER.ca}`, 'nothing shows that it belongs to this cluster'],
  'pki/client.key': [CLIENT.key, 'nothing shows that it belongs to this cluster'],
  'manifests/.hidden.yaml': ['kind: Pod\n', 'nothing shows that it belongs to this cluster'],
  'manifests/old/pod.yaml': ['kind: Pod\n', 'nothing shows that it belongs to this cluster'],
  'join-other.yaml': [toJoin(OTHER_CLUSTER.server), 'a join configuration for 192.0.2.9:6443'],
  'cloud-config': ['[Global]\n', 'nothing shows that it belongs to this cluster'],
  '-rf': ['x', 'nothing shows that it belongs to this cluster'],
};

jest.setTimeout(60_000);

describeOnScratchHost('/etc/kubernetes', () => {
  const host = useScratchHost(undefined, plantWorker);
  const run = async (): Promise<readonly string[]> => toLines(await runStage(host.connect(), 'cleanHost'));
  beforeEach(async () => {
    await host.sh(`mkdir -p /srv/a; echo precious >/srv/a/file
      echo 'staticPodPath: /etc/kubernetes/manifests' >>/var/lib/kubelet/config.yaml`);
  });

  it('loses the files of this cluster; everything else stays and is named with the reason', async () => {
    await host.sh(
      [
        ...Object.entries(REMOVED).map(([name, content]) => toFile(`${ETC}/${name}`, content)),
        ...Object.entries(KEPT).map(([name, [content]]) => toFile(`${ETC}/${name}`, content)),
        `ln -s /srv/a ${ETC}/link; ln -s /srv/a/file ${ETC}/pki/link; mkdir ${ETC}/empty; mkfifo ${ETC}/pipe; chmod 000 ${ETC}/backup`,
      ].join('\n'),
    );
    const outside = await readChecksums(host, '/srv', ...Object.keys(KEPT).map((name) => `${ETC}/${name}`));
    const state = await runStage(host.connect(), 'cleanHost');
    if (state.kind !== 'Ended') throw new Error(state.kind);
    expect(state.items.filter(({ status }) => status === 'Failed')).toEqual([]);
    expect(await readChecksums(host, '/srv', ...Object.keys(KEPT).map((name) => `${ETC}/${name}`))).toBe(outside);
    for (const name of [...Object.keys(REMOVED), 'kubelet.conf', 'pki/ca.crt', 'old', 'with space']) {
      expect([name, await host.has(`${ETC}/${name}`)]).toEqual([name, false]);
    }
    const kept = state.items.filter(({ name }) => name.startsWith(`kept: ${ETC}`));
    expect(Object.fromEntries(kept.map(({ name, message }) => [name.slice(`kept: ${ETC}/`.length), message]))).toEqual({
      ...Object.fromEntries(Object.entries(KEPT).map(([name, [, reason]]) => [name, reason])),
      link: 'a symbolic link that the kubelet does not name',
      'pki/link': 'a symbolic link that the kubelet does not name',
      pipe: 'it is not a regular file',
    });
    expect(await host.has(`${ETC}/empty`)).toBe(true);
    expect((await host.connect().readFacts(KUBELET_UNITS)).credentialPaths).toEqual([]);
    recordCase({
      layout: '/etc/kubernetes with another cluster, backups, links and unknown files',
      how: 'scratch',
      outcome: 'cleaned',
      stays: "another cluster's kubeconfig and CA, backups, keys, links and unknown files, by checksum",
    });
  });

  itInLongRun('loses only the entries of this cluster from a kubeconfig of several', async () => {
    await host.sh(toFile(`${ETC}/both.conf`, BOTH));
    const lines = await run();
    expect(lines).toContain(`Done kubeconfig ${ETC}/both.conf`);
    const text = await host.sh(`cat ${ETC}/both.conf`);
    expect([text.includes(CLUSTER.caData), text.includes(OTHER_CLUSTER.caData)]).toEqual([false, true]);
  });

  itInLongRun('loses the link that the kubelet names, but not its target in another folder', async () => {
    await host.sh(`mv ${ETC}/kubelet.conf /srv/a/kubelet.conf; ln -s /srv/a/kubelet.conf ${ETC}/kubelet.conf`);
    const before = await readChecksums(host, '/srv');
    await run();
    expect(await host.has(`${ETC}/kubelet.conf`)).toBe(false);
    expect(await readChecksums(host, '/srv')).toBe(before);
  });

  it('keeps mounts of any kind', async () => {
    await host.sh(`mkdir ${ETC}/extra ${ETC}/memory; mount --bind /srv/a ${ETC}/extra; touch ${ETC}/bound.conf; mount --bind /srv/a/file ${ETC}/bound.conf
      mount -t tmpfs t ${ETC}/memory; echo precious >${ETC}/memory/file`);
    const before = await readChecksums(host, '/srv', `${ETC}/memory`);
    const lines = await run();
    expect(lines.filter((line) => line.startsWith('Failed'))).toEqual([]);
    expect(toKept(lines)).toEqual([`${ETC}/bound.conf`, `${ETC}/extra`, `${ETC}/memory`]);
    expect(await readChecksums(host, '/srv', `${ETC}/memory`)).toBe(before);
    recordCase({
      layout: 'mounts in /etc/kubernetes',
      how: 'scratch',
      outcome: 'cleaned',
      stays: 'the mounts and their data',
    });
  });

  itInLongRun('is not entered through a link', async () => {
    await host.sh(`mv ${ETC} /srv/etc; ln -s /srv/etc ${ETC}\n${toFile('/srv/etc/other', 'precious')}`);
    const lines = await run();
    expect(toKept(lines)).toEqual([ETC]);
    // The kubelet's own kubeconfig is named by its flag and is removed wherever it is.
    expect(await host.sh('cd /srv/etc; find . -type f | sort')).toBe('./other\n./pki/ca.crt');
  });

  itInLongRun('of an unknown cluster keeps every kubeconfig that the kubelet does not name', async () => {
    await host.sh(`${toFile(`${ETC}/kubelet.conf`, 'clusters: []\n')}\n${toFile(`${ETC}/admin.conf`, OURS)}`);
    const state = await runStage(host.connect(), 'cleanHost', {
      marker: {
        operationId: 'op-1',
        nodeName: 'worker-1',
        nodeUid: 'u',
        machineID: '0123456789abcdef0123456789abcdef',
        caHashes: [],
      },
      kubeletUnits: KUBELET_UNITS,
      deadlineSeconds: 120,
    });
    expect(toKept(toLines(state))).toEqual([`${ETC}/admin.conf`, `${ETC}/pki/ca.crt`]);
  });
});
