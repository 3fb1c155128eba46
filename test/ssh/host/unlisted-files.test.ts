import { expect, it, jest } from '@jest/globals';
import { recordCase } from './case-table.ts';
import { readChecksums, setKubeletFlags, toKubeletFiles } from './kubelet-layout.ts';
import { runStage, toLines, withLayout } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { CLIENT, CLUSTER, plantWorker, stageInput, toFile, toKubeconfig, toUnit } from './worker-node.ts';

const LATE = [
  '/home/alice/.kube/config',
  '/etc/kubernetes/admin.conf',
  '/opt/kubernetes/kube-proxy.kubeconfig',
  '/opt/kubernetes/proxy.pem',
];
const REFUSED = 'it is not on the list that preflight made for this host';

jest.setTimeout(60_000);

describeOnScratchHost('what appeared after preflight', () => {
  const host = useScratchHost(undefined, plantWorker);

  it('is left and named, file by file; renewed certificates of the kubelet are removed', async () => {
    const order = await withLayout(host.connect(), stageInput());
    const config = toKubeconfig(CLUSTER, 'late');
    await host.sh(`${toFile('/home/alice/.kube/config', config)}\n${toFile('/etc/kubernetes/admin.conf', config)}
      ${toFile('/opt/kubernetes/kube-proxy.kubeconfig', config.replaceAll('/var/lib/kubelet/pki/kubelet-client-current.pem', '/opt/kubernetes/proxy.pem'))}
      ${toFile('/opt/kubernetes/proxy.pem', CLIENT.key)}\n${toUnit('kube-proxy.service')}
      setsid perl -e 'sleep 600' -- --kubeconfig=/opt/kubernetes/kube-proxy.kubeconfig </dev/null >/dev/null 2>&1 & echo $! >/run/stub/pids/kube-proxy.service
      ${toFile('/var/lib/kubelet/pki/kubelet-client-2026-02-02.pem', CLIENT.key)}`);
    const before = await readChecksums(host, ...LATE);
    const lines = toLines(await runStage(host.connect(), 'cleanHost', order));
    const late = [...LATE.slice(1), 'kube-proxy.service stopped', 'kubeconfig /home/alice/.kube/config'];
    expect(lines.filter((line) => line.startsWith('Failed')).sort()).toEqual(
      late.map((name) => expect.stringContaining(`Failed ${name}: ${REFUSED}`) as unknown),
    );
    expect(await readChecksums(host, ...LATE)).toBe(before);
    expect(await host.sh('cat /run/stub/units/kube-proxy.service; ls -A /var/lib/kubelet')).toBe(
      'loaded active enabled',
    );
    recordCase({
      layout: 'files and units that appeared after preflight',
      how: 'scratch',
      outcome: 'parked',
      stays: 'the files, by checksum; the unit, running',
    });
  });

  it('is left when it is a whole directory', async () => {
    await setKubeletFlags(host, ['--root-dir=/mnt/data']);
    await host.sh(toKubeletFiles('/mnt/data'));
    const { layout, ...order } = await withLayout(host.connect(), stageInput());
    const touched = layout.preview.touched.filter(({ name }) => name !== '/mnt/data');
    const before = await readChecksums(host, '/mnt/data');
    const bound = { ...order, layout: { ...layout, preview: { ...layout.preview, touched } } };
    expect(
      toLines(await runStage(host.connect(), 'cleanHost', bound)).filter((line) => line.startsWith('Failed')),
    ).toEqual([expect.stringContaining(`Failed contents of /mnt/data: ${REFUSED}`)]);
    expect(await readChecksums(host, '/mnt/data')).toBe(before);
  });
});
