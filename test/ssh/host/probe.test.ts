import { expect, it, jest } from '@jest/globals';
import { judgeHostIdentity } from '../../../src/domain/host/identity.ts';
import { loadScript } from '../../../src/ssh/host/load-script.ts';
import { boundRows } from '../../long-run.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import {
  CLIENT,
  CLUSTER,
  KUBELET_UNITS,
  MARKER,
  OTHER_CLUSTER,
  plantWorker,
  toFile,
  toKubeconfig,
  toKubelet,
  toUnit,
} from './worker-node.ts';

jest.setTimeout(60_000);

describeOnScratchHost('the probe', () => {
  const host = useScratchHost();

  it('identifies the machine as the kubelet does', async () => {
    await plantWorker(host);
    const facts = await host.connect().readFacts(KUBELET_UNITS);
    expect(facts).toMatchObject({
      machineID: MARKER.machineID,
      systemUUID: '4C4C4544-0042-3510-8053-C3C04F4B3332',
      hostName: 'worker-1',
      addresses: ['10.0.0.5'],
      isRoot: true,
      hasSystemd: true,
      kubeletIdentity: { commonName: 'system:node:worker-1', caHashes: CLUSTER.caHashes },
      controlPlaneSigns: [],
    });
    expect(facts.marker).toBeUndefined();
    expect(facts.units[0]).toEqual({
      name: 'kubelet.service',
      loadState: 'loaded',
      activeState: 'active',
      unitFileState: 'enabled',
    });
    const node = { ...facts, nodeName: 'worker-1', nodeUid: 'u', addresses: [] };
    const cluster = { kubeSystemUid: 'k', caHashes: CLUSTER.caHashes };
    expect(judgeHostIdentity(facts, { operationId: 'op-1', node, cluster, otherNodes: [] }).kind).toBe('proven');
  });

  it('uses the machine ID as system UUID without DMI', async () => {
    await host.sh('rm /sys/class/dmi/id/product_uuid');
    expect((await host.connect().readFacts(KUBELET_UNITS)).systemUUID).toBe(MARKER.machineID);
  });

  it('finds the addresses without iproute2', async () => {
    await host.hide('ip');
    expect((await host.connect().readFacts(KUBELET_UNITS)).addresses).toEqual(['10.0.0.5']);
  });

  const identities: [name: string, plant: string, caHashes: readonly string[] | undefined][] = [
    [
      'certificates inside the kubeconfig',
      toFile(
        '/etc/kubernetes/kubelet.conf',
        toKubeconfig(CLUSTER, 'u').replace(
          / {4}client-certificate: .*\n/,
          `    client-certificate-data: ${Buffer.from(CLIENT.certificate).toString('base64')}\n`,
        ),
      ),
      CLUSTER.caHashes,
    ],
    [
      'a CA file, named relative to the kubeconfig',
      toFile(
        '/etc/kubernetes/kubelet.conf',
        toKubeconfig(CLUSTER, 'u').replace(/certificate-authority-data: .*/, 'certificate-authority: pki/ca.crt'),
      ),
      CLUSTER.caHashes,
    ],
    [
      'flow style',
      toFile(
        '/etc/kubernetes/kubelet.conf',
        `{"clusters": [{"name": "c", "cluster": {"certificate-authority-data": "${CLUSTER.caData}", "server": "x"}}]}`,
      ),
      CLUSTER.caHashes,
    ],
    ['no CA', toFile('/etc/kubernetes/kubelet.conf', 'clusters: []\n'), []],
    ['no kubeconfig', 'rm /etc/kubernetes/kubelet.conf', undefined],
    ['no certificate', 'rm /var/lib/kubelet/pki/kubelet-client-current.pem', undefined],
  ];
  it("reads the kubelet's identity from every kind of kubeconfig", async () => {
    for (const [name, plant, caHashes] of boundRows(identities, 2)) {
      await host.sh('rm -rf /etc/kubernetes /var/lib/kubelet');
      await plantWorker(host);
      await host.sh(plant);
      const { kubeletIdentity } = await host.connect().readFacts(KUBELET_UNITS);
      expect([name, kubeletIdentity?.caHashes]).toEqual([name, caHashes]);
    }
  });

  const brokenPems: [name: string, pem: string][] = [
    ['a key before the certificate', `${CLIENT.key}${CLIENT.certificate}`],
    ['a certificate without an end', `${CLIENT.certificate.replace(/-----END CERTIFICATE-----\n/, '')}${CLIENT.key}`],
    [
      'a key that is labelled as a certificate',
      `-----BEGIN CERTIFICATE-----\n${CLIENT.key}-----END CERTIFICATE-----\n`,
    ],
    ['only a key', CLIENT.key],
  ];
  it('never prints a private key', async () => {
    await plantWorker(host);
    const keyLines = CLIENT.key.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
    expect(keyLines.length).toBeGreaterThan(1);
    for (const [name, pem] of boundRows(brokenPems, 2)) {
      await host.sh(toFile('/var/lib/kubelet/pki/kubelet-client-2026-01-01.pem', pem));
      const call = { script: loadScript('probe'), arguments: ['', ...KUBELET_UNITS], deadlineSeconds: 60 };
      const printed = JSON.stringify(await host.shell.run(call));
      expect([name, ...keyLines.filter((line) => printed.includes(line))]).toEqual([name]);
      expect(printed).not.toContain('PRIVATE');
    }
  });

  it('lists mounts below the kubelet directory, with their pods, and no others', async () => {
    await host.sh(`
      pod=/var/lib/kubelet/pods/11111111-2222-3333-4444-555555555555
      mkdir -p "$pod/volumes/kubernetes.io~secret/a b" /var/lib/kubelet-other /var/lib/kubelet/plugins/x
      mount -t tmpfs s "$pod/volumes/kubernetes.io~secret/a b"
      mount -t tmpfs s /var/lib/kubelet-other
      mount --bind /srv /var/lib/kubelet/plugins/x                 # of a driver, not of a volume
      mkdir /var/lib/kubelet/database; mount -t tmpfs s /var/lib/kubelet/database`);
    expect((await host.connect().readFacts(KUBELET_UNITS)).mounts).toEqual([
      {
        path: '/var/lib/kubelet/pods/11111111-2222-3333-4444-555555555555/volumes/kubernetes.io~secret/a b',
        fileSystem: 'tmpfs',
        podUid: '11111111-2222-3333-4444-555555555555',
      },
    ]);
  });

  const UIDS = ['11111111-2222-3333-4444-555555555555', '0123456789abcdef0123456789abcdef'] as const;
  it("follows the kubelet's own directory, by its flag and by a symbolic link", async () => {
    await host.sh(`
      mkdir -p /srv/kubelet/pods/${UIDS[0]}/volumes /var/lib/kubelet /srv/disk/kubelet/pods/${UIDS[1]}/volumes
      mount -t tmpfs s /srv/kubelet/pods/${UIDS[0]}/volumes
      ${toUnit('kubelet.service')}
      ${toKubelet(['--root-dir=/srv/kubelet'])}`);
    expect((await host.connect().readFacts(KUBELET_UNITS)).mounts).toMatchObject([{ podUid: UIDS[0] }]);
    await host.sh(`
      rm -r /var/lib/kubelet && ln -s /srv/disk/kubelet /var/lib/kubelet
      ${toKubelet([])}
      mount -t tmpfs s /srv/disk/kubelet/pods/${UIDS[1]}/volumes`);
    expect((await host.connect().readFacts(KUBELET_UNITS)).mounts).toEqual([
      { path: `/srv/disk/kubelet/pods/${UIDS[1]}/volumes`, fileSystem: 'tmpfs', podUid: UIDS[1] },
    ]);
  });

  const signs: [plant: string, sign: string][] = [
    ...['kube-apiserver', 'etcd', 'kube-scheduler'].map((part): [string, string] => [
      toFile(`/etc/kubernetes/manifests/${part}.yaml`, 'kind: Pod\n'),
      `/etc/kubernetes/manifests/${part}.yaml exists`,
    ]),
    [toFile('/etc/kubernetes/pki/ca.key', 'x'), '/etc/kubernetes/pki/ca.key exists'],
    ['mkdir -p /var/lib/etcd/member', '/var/lib/etcd/member exists'],
    [toUnit('etcd.service'), 'etcd.service is active'],
  ];
  it('detects a control plane by every sign', async () => {
    await host.sh(signs.map(([plant]) => plant).join('\n'));
    const { controlPlaneSigns } = await host.connect().readFacts(KUBELET_UNITS);
    expect([...controlPlaneSigns].sort()).toEqual(signs.map(([, sign]) => sign).sort());
  });

  it('detects a running etcd, unless a pod runs it', async () => {
    await host.sh('cp /usr/bin/sleep /tmp/etcd; setsid /tmp/etcd 60 </dev/null >/dev/null 2>&1 &');
    const { controlPlaneSigns } = await host.connect().readFacts(KUBELET_UNITS);
    expect(controlPlaneSigns).toEqual([expect.stringMatching(/^process \d+ is etcd$/)]);
  });

  it("lists credentials of this cluster, the node's and the users', not of another cluster", async () => {
    await plantWorker(host);
    await host.sh(
      [
        toFile('/root/.kube/config', toKubeconfig(CLUSTER, 'admin')),
        toFile('/home/alice/.kube/config', toKubeconfig(OTHER_CLUSTER, 'alice')),
        toFile('/home/bob/.kube/work.yaml', toKubeconfig(CLUSTER, 'bob')),
        toFile('/etc/cni/net.d/calico-kubeconfig', toKubeconfig(CLUSTER, 'calico')),
      ].join('\n'),
    );
    const { credentialPaths } = await host.connect().readFacts(KUBELET_UNITS);
    expect([...credentialPaths].sort()).toEqual([
      '/etc/cni/net.d/calico-kubeconfig',
      '/etc/kubernetes/kubelet.conf',
      '/etc/kubernetes/pki/ca.crt',
      '/home/bob/.kube/work.yaml',
      '/root/.kube/config',
      '/var/lib/kubelet/pki/kubelet-client-2026-01-01.pem',
      '/var/lib/kubelet/pki/kubelet-client-current.pem',
    ]);
  });

  it('reads the latest marker', async () => {
    const marker = (id: string): string =>
      toFile(
        `/var/lib/node-decommission/${id}/marker`,
        `operationId\t${id}\nnodeName\tworker-1\nnodeUid\tu\nmachineID\tm\ncaHashes\th\n`,
      );
    await host.sh(`${marker('old')}\n${marker('new')}\ntouch -d '2020-01-01' /var/lib/node-decommission/old/marker`);
    expect((await host.connect().readFacts(KUBELET_UNITS)).marker).toEqual({
      operationId: 'new',
      nodeName: 'worker-1',
      nodeUid: 'u',
      machineID: 'm',
      caHashes: ['h'],
    });
  });

  it('reports whether the kubelet listens', async () => {
    expect((await host.connect().readFacts(KUBELET_UNITS)).kubeletPortIsOpen).toBe(false);
    await host.sh(
      `setsid perl -MIO::Socket::INET -e 'my $socket = IO::Socket::INET->new(LocalPort => 10250, Listen => 1) or die; sleep 60' </dev/null >/dev/null 2>&1 &
      for _ in 1 2 3 4 5 6 7 8 9 10; do if grep -q :280A /proc/net/tcp; then break; fi; sleep 0.1; done`,
    );
    expect((await host.connect().readFacts(KUBELET_UNITS)).kubeletPortIsOpen).toBe(true);
    await host.sh(`${toUnit('kubelet.service')}\n${toKubelet(['--port=10260'])}`);
    expect((await host.connect().readFacts(KUBELET_UNITS)).kubeletPortIsOpen).toBe(false);
  });

  it('changes nothing', async () => {
    await plantWorker(host);
    const readState = (): Promise<string> =>
      // Of /run itself only the time changes: files without a name are created there.
      host.sh(
        'find / -xdev ! -path "/proc*" ! -path /run ! -path "/run/stub*" -printf "%p %s %m %C@ %l\\n" | sort | sha256sum; wc -l </proc/self/mountinfo',
      );
    const before = await readState();
    await host.connect().readFacts(KUBELET_UNITS);
    expect(await readState()).toBe(before);
  });
});
