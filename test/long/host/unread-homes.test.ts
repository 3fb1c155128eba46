import { beforeEach, expect, it, jest } from '@jest/globals';
import { recordCase } from '../../ssh/host/case-table.ts';
import { judgeHostClean } from '../../../src/domain/host/clean.ts';
import { judgeHostReadiness } from '../../../src/domain/host/readiness.ts';
import { ShellHost } from '../../../src/ssh/host/shell-host.ts';
import { describeWithDeadMounts, plantDeadMount } from '../../ssh/host/dead-mount.ts';
import { toKept } from '../../ssh/host/kubelet-layout.ts';
import { runStage, toLines } from '../../ssh/host/run-stage.ts';
import { describeOnScratchHost, useScratchHost } from '../../ssh/host/scratch-host.ts';
import { CLUSTER, KUBELET_UNITS, plantWorker, toFile, toKubeconfig } from '../../ssh/host/worker-node.ts';

const WHY = 'it is on a file system that may need another machine (hugetlbfs)';

jest.setTimeout(60_000);

describeOnScratchHost('a home that cannot be searched for kubeconfigs', () => {
  const host = useScratchHost(undefined, plantWorker);
  beforeEach(async () => {
    // Replaces a file server: a file system that is not local.
    await host.sh('mkdir -p /home/alice /home/bob; mount -t hugetlbfs nfs /home/alice');
  });

  it('is unknown, never ok, and refused before anything is changed', async () => {
    const facts = await host.connect().readFacts(KUBELET_UNITS);
    expect(facts.unseen).toEqual([{ name: 'home /home/alice', why: WHY }]);
    expect(judgeHostReadiness(facts, KUBELET_UNITS)).toEqual(
      expect.arrayContaining([expect.stringMatching(/home \/home\/alice.*set `unreadHomes: leave`/)]),
    );
    const state = await runStage(host.connect(), 'cleanHost');
    expect(toKept(toLines(state))).toContain('home /home/alice');
    const judged = judgeHostClean(await host.connect().readFacts(KUBELET_UNITS), { kubeletUnits: KUBELET_UNITS });
    expect([judged.isClean, judged.items.filter(({ verdict }) => verdict !== 'ok')]).toEqual([
      false,
      [{ name: 'home /home/alice', verdict: 'unknown', message: `home /home/alice could not be checked: ${WHY}.` }],
    ]);
    recordCase({ layout: 'a home on a file server', how: 'scratch', outcome: 'refused', stays: 'everything' });
  });

  it('is listed among what stays if the configuration allows that', async () => {
    const connect = (): ShellHost => new ShellHost(host.shell, 'node "worker-1" (scratch)', { unreadHomes: 'leave' });
    const facts = await connect().readFacts(KUBELET_UNITS);
    expect(facts.unseen).toEqual([]);
    expect(facts.layout.preview.kept).toContainEqual({
      kind: 'directory',
      name: '/home/alice',
      detail: `not searched for kubeconfigs: ${WHY}`,
    });
    await runStage(connect(), 'cleanHost');
    expect(judgeHostClean(await connect().readFacts(KUBELET_UNITS), { kubeletUnits: KUBELET_UNITS }).isClean).toBe(
      true,
    );
    recordCase({
      layout: 'a home on a file server, unreadHomes: leave',
      how: 'scratch',
      outcome: 'cleaned',
      stays: 'the home, which is named',
    });
  });

  it('with very many files is not searched without end, and does not hide the others', async () => {
    await host.sh(`umount /home/alice; mkdir /home/alice/.kube; cd /home/alice/.kube; i=0
      while [ $i -lt 300 ]; do : >file-$i; i=$((i + 1)); done
      ${toFile('/home/bob/.kube/config', toKubeconfig(CLUSTER, 'bob'))}`);
    const facts = await host.connect().readFacts(KUBELET_UNITS);
    expect(facts.unseen).toEqual([{ name: 'home /home/alice', why: 'its folder .kube has more than 200 entries' }]);
    expect(facts.credentialPaths).toContain('/home/bob/.kube/config');
  });
});

describeWithDeadMounts('a home whose file server does not respond', () => {
  const host = useScratchHost(undefined, plantWorker);

  it('is never asked', async () => {
    const dead = await plantDeadMount(host, '/home/alice', 'unkillable');
    const { unseen } = await host.connect().readFacts(KUBELET_UNITS);
    await dead.abort();
    expect(unseen.map(({ name }) => name)).toEqual(['home /home/alice']);
  });
});
