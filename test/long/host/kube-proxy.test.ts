import { beforeEach, expect, it, jest } from '@jest/globals';
import { recordCase } from '../../ssh/host/case-table.ts';
import { runStage, toLines } from '../../ssh/host/run-stage.ts';
import { describeOnScratchHost, useScratchHost } from '../../ssh/host/scratch-host.ts';
import {
  CLIENT,
  CLUSTER,
  KUBELET_UNITS,
  OTHER_CLUSTER,
  plantWorker,
  toFile,
  toKubeconfig,
  toUnit,
} from '../../ssh/host/worker-node.ts';

const FOLDER = '/opt/kubernetes/cfg';

jest.setTimeout(60_000);

describeOnScratchHost('kube-proxy as a unit of the host', () => {
  const host = useScratchHost(undefined, plantWorker);
  const plantProxy = async (cluster: typeof CLUSTER | typeof OTHER_CLUSTER, flags: string): Promise<void> => {
    const config = toKubeconfig(cluster, 'system:kube-proxy').replaceAll(
      '/var/lib/kubelet/pki/kubelet-client-current.pem',
      '../ssl/kube-proxy.pem',
    );
    await host.sh(`${toUnit('kube-proxy.service')}
      ${toFile(`${FOLDER}/kube-proxy.kubeconfig`, config)}
      ${toFile(`${FOLDER}/kube-proxy-config.yml`, `kind: KubeProxyConfiguration\nclientConnection:\n  kubeconfig: ${FOLDER}/kube-proxy.kubeconfig\n`)}
      ${toFile('/opt/kubernetes/ssl/kube-proxy.pem', `${CLIENT.certificate}${CLIENT.key}`)}
      ${toFile('/opt/kubernetes/bin/kube-proxy', 'a program')}
      mkdir -p /run/stub/pids
      setsid perl -e 'sleep 600' -- ${flags} </dev/null >/dev/null 2>&1 &
      echo $! >/run/stub/pids/kube-proxy.service`);
  };
  const states = async (): Promise<string> => await host.sh('cat /run/stub/units/kube-proxy.service');

  it.each([
    ['by its kubeconfig', `--v=2 --kubeconfig=/nowhere --kubeconfig ${FOLDER}/kube-proxy.kubeconfig`],
    ['by its configuration', `--config=${FOLDER}/kube-proxy-config.yml`],
  ])('is turned off, and its credentials are removed: %s', async (_name, flags) => {
    await plantProxy(CLUSTER, flags);
    const before = await host.connect().readFacts(KUBELET_UNITS);
    expect(before.runningProxies).toEqual(['kube-proxy.service']);
    expect(before.credentialPaths).toEqual(
      expect.arrayContaining([`${FOLDER}/kube-proxy.kubeconfig`, '/opt/kubernetes/ssl/kube-proxy.pem']),
    );
    const lines = toLines(await runStage(host.connect(), 'cleanHost'));
    expect(lines).toEqual(
      expect.arrayContaining([
        'Done kube-proxy.service stopped',
        'Done kube-proxy.service disabled',
        'Done kube-proxy.service masked',
      ]),
    );
    expect(await states()).toBe('masked inactive masked');
    expect((await host.sh('find /opt -type f | sort')).split('\n')).toEqual([
      '/opt/kubernetes/bin/kube-proxy',
      `${FOLDER}/kube-proxy-config.yml`,
    ]);
    const after = await host.connect().readFacts(KUBELET_UNITS);
    expect([after.runningProxies, after.credentialPaths]).toEqual([[], []]);
  });

  it('of another cluster keeps running with its credentials', async () => {
    await plantProxy(OTHER_CLUSTER, `--kubeconfig=${FOLDER}/kube-proxy.kubeconfig`);
    const before = await host.sh('find /opt -type f -exec sha256sum {} + | sort');
    await runStage(host.connect(), 'cleanHost');
    expect(await states()).toBe('loaded active enabled');
    expect(await host.sh('find /opt -type f -exec sha256sum {} + | sort')).toBe(before);
    expect((await host.connect().readFacts(KUBELET_UNITS)).runningProxies).toEqual([]);
    recordCase({
      layout: 'kube-proxy of another cluster as a unit',
      how: 'scratch',
      outcome: 'cleaned',
      stays: 'the unit, running; its files, by checksum',
    });
  });
});

describeOnScratchHost('credentials that the kubelet shares', () => {
  const host = useScratchHost(undefined, plantWorker);
  beforeEach(async () => {
    await host.sh(`sed -i 's,/var/lib/kubelet/pki/kubelet-client-current.pem,/opt/ssl/client.pem,' /etc/kubernetes/kubelet.conf
      ${toFile('/opt/ssl/client.pem', `${CLIENT.certificate}${CLIENT.key}`)}`);
  });

  it('with another process stay and are named; without it they are removed', async () => {
    await host.sh(
      `setsid perl -e 'sleep 600' -- --key=/opt/ssl/client.pem </dev/null >/dev/null 2>&1 & echo $! >/run/other`,
    );
    const state = await runStage(host.connect(), 'cleanHost');
    expect(state).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({
          name: 'kept: /opt/ssl/client.pem',
          message: `the kubelet uses it, and so does process ${await host.sh('cat /run/other')} (perl)`,
        }),
      ]) as unknown,
    });
    expect(await host.has('/opt/ssl/client.pem')).toBe(true);
  });

  it('with no one are removed', async () => {
    await runStage(host.connect(), 'cleanHost');
    expect(await host.has('/opt/ssl/client.pem')).toBe(false);
  });
});
