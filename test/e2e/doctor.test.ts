import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { DoctorCheck } from '../../src/cli/doctor/doctor-check.ts';
import type { Leftover } from '../../src/domain/janitor/leftover.ts';
import type { LeftoverUndo } from '../../src/inspect/leftovers.ts';
import type { RealNode } from '../../stack/hosts/real-node.ts';
import { startHarness, toKnownHostsPath, type Harness } from './harness/harness.ts';
import { describeOnRealNodes } from './harness/on-real-nodes.ts';

describeOnRealNodes('doctor', () => {
  let harness: Harness;
  let a: RealNode;
  let b: RealNode;

  beforeAll(async () => {
    harness = await startHarness({ realNodes: true });
    [a, b] = (await harness.stack.createRealNodes([{ name: 'real-a' }, { name: 'real-b' }])) as [RealNode, RealNode];
  });

  afterAll(async () => {
    await harness.stop();
  });

  const inspectHosts = async (...nodeNames: readonly string[]): Promise<readonly DoctorCheck[]> => {
    const { stdout } = await harness.runCli(['doctor', ...nodeNames, '-o', 'json']);
    const { checks } = JSON.parse(stdout) as { readonly checks: readonly DoctorCheck[] };
    return checks.filter(({ name }) => name.startsWith('host'));
  };

  it('reports for each host whether a run would accept it, and leaves nothing on it', async () => {
    writeFileSync(toKnownHostsPath(harness.stack), a.knownHosts);
    const checks = await inspectHosts();
    expect(checks).toMatchObject([
      { name: 'host of node real-a in cluster default', ok: true, message: expect.stringContaining('machine ID') },
      { name: 'host of node real-b in cluster default', ok: false, message: expect.stringContaining('host key') },
    ]);
    const left = 'ls -d /run/node-decommission* /var/lib/node-decommission* 2>/dev/null || true';
    expect([await a.read(left), await b.read(left)]).toEqual(['', '']);
  });

  it('checks only the named nodes', async () => {
    writeFileSync(toKnownHostsPath(harness.stack), a.knownHosts + b.knownHosts);
    expect(await inspectHosts('real-b')).toMatchObject([{ name: 'host of node real-b in cluster default', ok: true }]);
  });

  it('has the janitor list a masked kubelet and the folder of an operation, which it leaves as they are', async () => {
    writeFileSync(toKnownHostsPath(harness.stack), a.knownHosts + b.knownHosts);
    const folder = '/var/lib/node-decommission/run-1';
    await b.read(
      `systemctl mask kubelet.service && mkdir -p ${folder} && printf 'operationId\\trun-1\\nnodeName\\treal-b\\n' >${folder}/marker`,
    );
    const named = await harness.runCli(['janitor', 'real-b', '--undo', '--yes', '-o', 'json']);
    const { leftovers, undo } = JSON.parse(named.stdout) as {
      readonly leftovers: readonly Leftover[];
      readonly undo: readonly LeftoverUndo[];
    };
    expect({ leftovers, exitCode: named.exitCode }).toMatchObject({
      leftovers: [{ object: 'Host of node real-b', what: `kubelet.service is masked, folder ${folder}` }],
      exitCode: 4,
    });
    expect(undo).toMatchObject([{ status: 'Kept', message: 'a host is only read, never changed' }]);
    expect(await b.read(`systemctl is-enabled kubelet.service || ls ${folder}`)).toContain('marker');
    // Without a name, only the hosts of nodes on which something is left are read.
    expect((await harness.runCli(['janitor'])).exitCode).toBe(0);
    await b.read(leftovers[0]?.commands.join(' && ') ?? '');
    expect((await harness.runCli(['janitor', 'real-b'])).exitCode).toBe(0);
  });

  it('connects to no host for a health check', async () => {
    expect(await inspectHosts('--no-hosts')).toEqual([]);
  });
});
