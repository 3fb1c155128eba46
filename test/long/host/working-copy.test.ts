import { beforeEach, expect, it, jest } from '@jest/globals';
import { awaitStage, runStage, toLines, withLayout } from '../../ssh/host/run-stage.ts';
import { describeOnScratchHost, useScratchHost } from '../../ssh/host/scratch-host.ts';
import {
  CLUSTER,
  KUBELET_UNITS,
  MARKER,
  OTHER_CLUSTER,
  plantWorker,
  stageInput,
  toFile,
  toKubeconfig,
} from '../../ssh/host/worker-node.ts';

const KUBE = '/home/alice/.kube';
const COPIES = 'find /var/lib/node-decommission -name "kubeconfig*"';
const BOTH = toKubeconfig(CLUSTER, 'alice').replace(
  'contexts:',
  `- cluster:\n    certificate-authority-data: ${OTHER_CLUSTER.caData}\n    server: ${OTHER_CLUSTER.server}\n  name: other\ncontexts:`,
);

jest.setTimeout(60_000);

describeOnScratchHost("the working copy of a user's kubeconfig", () => {
  const host = useScratchHost(undefined, plantWorker);
  beforeEach(async () => {
    // The stage waits in `mv`, with the copy made and the user's file not yet replaced.
    await host.sh(`${toFile(`${KUBE}/config`, BOTH)}\nchown -R 1000:1000 /home/alice
      cat >/usr/local/bin/mv <<'TOOL'
#!/bin/sh
case "$*" in *.kubeconfig.*) touch /run/waits; while [ -e /run/waits ]; do sleep 0.05; done ;; esac
exec /usr/bin/mv "$@"
TOOL
      chmod +x /usr/local/bin/mv`);
  });
  const startAndEnd = async (signal: string): Promise<void> => {
    await host.connect().startStage('cleanHost', await withLayout(host.connect(), stageInput()));
    await host.sh(`until [ -e /run/waits ]; do sleep 0.05; done; ${COPIES} | grep -q .
      session=$(cat /run/stub/sessions/node-decommission-op-1-cleanHost.service)
      pids=$(ps -e -o pid=,sid= | awk -v session=$session '$2 == session { print $1 }')
      ${signal === 'TERM' ? 'rm /run/waits' : ''}
      kill -${signal} $pids 2>/dev/null || true; ${signal === 'KILL' ? 'rm -f /run/waits; echo "loaded failed transient" >/run/stub/units/node-decommission-op-1-cleanHost.service' : ''}`);
  };
  const entries = async (): Promise<string> => await host.sh(`ls -A ${KUBE}`);

  it('that a killed stage left is a credential, and is removed by the next stage', async () => {
    await startAndEnd('KILL');
    expect((await host.sh(COPIES)).split('\n').length).toBeGreaterThan(1);
    expect(await entries()).toMatch(/^\.kubeconfig\./);
    const { credentialPaths } = await host.connect().readFacts(KUBELET_UNITS);
    expect(credentialPaths).toContain(`/var/lib/node-decommission/${MARKER.operationId}/kubeconfig`);
    await host.sh('rm /usr/local/bin/mv');
    expect(toLines(await runStage(host.connect(), 'stopKubelet')).filter((line) => line.startsWith('Failed'))).toEqual(
      [],
    );
    expect(await host.sh(COPIES)).toBe('');
    expect(await entries()).toBe('config');
    await runStage(host.connect(), 'cleanHost');
    expect((await host.connect().readFacts(KUBELET_UNITS)).credentialPaths).toEqual([]);
  });

  it('is removed by a stage that is stopped', async () => {
    await startAndEnd('TERM');
    await awaitStage(host.connect(), 'cleanHost', MARKER.operationId);
    expect(await host.sh(COPIES)).toBe('');
    expect(await entries()).toBe('config');
  });
});
