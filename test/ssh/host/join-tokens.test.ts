import { expect, it, jest } from '@jest/globals';
import { runStage } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { KUBELET_UNITS, plantWorker, toFile } from './worker-node.ts';

const WITH_TOKEN = [
  '/etc/rancher/k3s/config.yaml',
  '/etc/rancher/rke2/config.yaml',
  '/etc/rancher/rke2/config.yaml.d/10-agent.yaml',
];
const WITHOUT = '/etc/rancher/rke2/config.yaml.d/20-labels.yaml';

jest.setTimeout(60_000);

describeOnScratchHost('the token that k3s and rke2 join with', () => {
  const host = useScratchHost(undefined, plantWorker);

  it('is a credential; configuration without a token is not', async () => {
    await host.sh(
      [
        ...WITH_TOKEN.map((file, index) =>
          toFile(file, `server: https://x:9345\n${index === 0 ? 'agent-' : ''}token: K10x\n`),
        ),
        toFile(WITHOUT, 'node-label: [x=y]\n# token: none\n'),
      ].join('\n'),
    );
    expect((await host.connect().readFacts(KUBELET_UNITS)).credentialPaths).toEqual(expect.arrayContaining(WITH_TOKEN));
    expect(await runStage(host.connect(), 'cleanHost')).toMatchObject({ kind: 'Ended', isOk: true });
    expect((await host.connect().readFacts(KUBELET_UNITS)).credentialPaths).toEqual([]);
    expect(await host.sh('find /etc/rancher -type f')).toBe(WITHOUT);
  });
});
