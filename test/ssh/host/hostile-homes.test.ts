import { beforeEach, expect, it, jest } from '@jest/globals';
import { boundRows, itInLongRun } from '../../long-run.ts';
import { runStage, toLines } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { CLUSTER, OTHER_CLUSTER, plantWorker, toFile, toKubeconfig } from './worker-node.ts';

const KUBE = '/home/alice/.kube';
const OURS = toKubeconfig(CLUSTER, 'alice');
/** Of two clusters. */
const BOTH = OURS.replace(
  'contexts:',
  `- cluster:\n    certificate-authority-data: ${OTHER_CLUSTER.caData}\n    server: ${OTHER_CLUSTER.server}\n  name: other\ncontexts:`,
);

jest.setTimeout(60_000);

describeOnScratchHost('the kubeconfig of a hostile user who wins every race', () => {
  const host = useScratchHost(undefined, plantWorker);
  const clean = async (): Promise<readonly string[]> => toLines(await runStage(host.connect(), 'cleanHost'));

  /** Runs the user's command before (or after) a tool works on the user's file. */
  const interfere = (tool: string, order: 'before' | 'after', pattern: string, command: string): Promise<string> =>
    host.sh(`printf '%s\\n' '#!/bin/sh' 'output=' >/usr/local/bin/${tool}
      cat >>/usr/local/bin/${tool} <<'TOOL'
      act() { case "$* $output $(pwd)" in ${pattern}) ${command} ;; esac; }
      ${order === 'before' ? 'act "$@" >/dev/null 2>&1' : ''}
      output=$(/usr/bin/${tool} "$@")
      code=$?
      [ -z "$output" ] || printf '%s\\n' "$output"
      ${order === 'after' ? 'act "$@" >/dev/null 2>&1' : ''}
      exit $code
TOOL
      chmod +x /usr/local/bin/${tool}`);
  beforeEach(async () => {
    await host.sh('printf precious >/etc/shadow; chmod 600 /etc/shadow');
  });
  const expectUnharmed = async (): Promise<void> => {
    expect(await host.sh('stat -c "%u %a" /etc/shadow; cat /etc/shadow')).toBe('0 600\nprecious');
  };

  it.each(boundRows(['mktemp', 'cp'], 2))('is not written through a link that is created during %s', async (tool) => {
    await host.sh(`${toFile(`${KUBE}/config`, BOTH)}\nchown -R 1000:1000 /home/alice`);
    await interfere(
      tool,
      tool === 'cp' ? 'before' : 'after',
      `*kubeconfig.*${KUBE}*`,
      `for last in "$@" "$output"; do case $last in *.kubeconfig.*) made=\${last##*/} ;; esac; done; rm -f ${KUBE}/$made; ln -s /etc/shadow ${KUBE}/$made`,
    );
    await clean();
    await expectUnharmed();
  });

  itInLongRun('is not read through a link that replaces it', async () => {
    await host.sh(`${toFile(`${KUBE}/config`, BOTH)}\nchown -R 1000:1000 /home/alice
      ${toFile('/root/secret', BOTH.replace('name: other', 'name: confidential'))}`);
    await interfere('cp', 'before', `*-P*config*${KUBE}*`, `rm -f ${KUBE}/config; ln -s /root/secret ${KUBE}/config`);
    await interfere('mktemp', 'after', `*${KUBE}*`, `rm -f ${KUBE}/config; ln -s /root/secret ${KUBE}/config`);
    await clean();
    expect(await host.sh(`find ${KUBE} -type f -exec cat {} +`)).not.toContain('confidential');
  });

  it('is not removed from another folder', async () => {
    await host.sh(`${toFile(`${KUBE}/shadow`, OURS)}\nchown -R 1000:1000 /home/alice`);
    await interfere('rm', 'before', '*shadow*', `mv ${KUBE} ${KUBE}-moved; ln -s /etc ${KUBE}`);
    await clean();
    await expectUnharmed();
  });
});
