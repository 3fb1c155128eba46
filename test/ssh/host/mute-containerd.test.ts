import { beforeEach, expect, it, jest } from '@jest/globals';
import { judgeHostClean } from '../../../src/domain/host/clean.ts';
import { CONTAINERD_SOCKET } from './planted-containers.ts';
import { runStage, toLines } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { KUBELET_UNITS, plantWorker, toUnit } from './worker-node.ts';

const K3S_SOCKET = '/run/k3s/containerd/containerd.sock';
const TOOLS = ['crictl', 'ctr'];

jest.setTimeout(60_000);

describeOnScratchHost('a second containerd that does not respond', () => {
  const host = useScratchHost(['crictl', 'ctr'], plantWorker);
  beforeEach(async () => {
    await host.listen(CONTAINERD_SOCKET);
    const deaf = (tool: string): string => `mv /usr/local/bin/${tool} /usr/local/bin/${tool}.real
      printf '#!/bin/sh\\ncase "$*" in *${K3S_SOCKET}*) exit 1 ;; esac\\nexec /usr/local/bin/${tool}.real "$@"\\n' >/usr/local/bin/${tool}
      chmod +x /usr/local/bin/${tool}`;
    await host.sh(`${toUnit('containerd.service')}\n${TOOLS.map(deaf).join('\n')}`);
  });
  const clean = async (): Promise<readonly string[]> => toLines(await runStage(host.connect(), 'cleanHost'));
  const judge = async (): Promise<readonly string[]> => {
    const facts = await host.connect().readFacts(KUBELET_UNITS);
    const { items } = judgeHostClean(facts, { kubeletUnits: KUBELET_UNITS });
    return items.filter(({ verdict }) => verdict !== 'ok').map(({ name, verdict }) => `${name} ${verdict}`);
  };

  it('is not treated as one without pods', async () => {
    await host.serve(K3S_SOCKET);
    expect(await clean()).toContain(
      `Failed pod sandboxes of ${K3S_SOCKET}: it runs but responds to neither crictl nor ctr`,
    );
    expect(await judge()).toEqual(['containerd.service unknown', 'sandboxes unknown', 'containers unknown']);
  });

  it('is ignored when only its socket file is left', async () => {
    await host.listen(K3S_SOCKET);
    expect((await clean()).filter((line) => line.startsWith('Failed'))).toEqual([]);
    expect(await judge()).toEqual([]);
  });
});
