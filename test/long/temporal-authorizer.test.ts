import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { DoctorCheck } from '../../src/cli/doctor/doctor-check.ts';
import { toNodeWorkflowId } from '../../src/domain/run/workflow-ids.ts';
import { toTokenEnvironment } from '../../stack/temporal/postgresql/temporal-on-postgresql.ts';
import { awaitBlockedDrain, awaitEvictionsPaused } from '../e2e/harness/blocked-drain.ts';
import { createBlockedPool, unblockPods } from '../e2e/harness/blocked-pool.ts';
import { startHarness, type CliResult, type Harness } from '../e2e/harness/harness.ts';
import { describeOnPostgresql } from '../e2e/harness/on-postgresql.ts';
import { startTokenIssuer, type TokenIssuer } from '../e2e/harness/token-issuer.ts';

/** Cold, the server's programs take many minutes. */
const COMPILE_MILLISECONDS = 3_600_000;

describeOnPostgresql('Temporal’s server with its default authorizer and claim mapper', () => {
  let issuer: TokenIssuer;
  let harness: Harness;

  beforeAll(async () => {
    issuer = await startTokenIssuer();
    const { keySourceUri } = issuer;
    const adminToken = issuer.issue('temporal-system:admin');
    harness = await startHarness({ onPostgresql: true, authorization: { keySourceUri, adminToken } });
    await harness.startWorker(withRights('default:write'));
  }, COMPILE_MILLISECONDS);

  afterAll(async () => {
    await harness.stop();
    issuer.close();
  });

  const withRights = (...permissions: readonly string[]): Readonly<Record<string, string>> =>
    toTokenEnvironment(issuer.issue(...permissions));

  const cli = async (permission: string, ...words: readonly string[]): Promise<CliResult> =>
    await harness.runCli(words, { environment: permission === '' ? {} : withRights(permission) });

  const diagnose = async (permission: string): Promise<readonly DoctorCheck[]> => {
    const { stdout } = await cli(permission, 'doctor', '--no-hosts', '-o', 'json');
    const { checks } = JSON.parse(stdout) as { readonly checks: readonly DoctorCheck[] };
    return checks.filter(({ name }) => /Temporal|workers|search/.test(name));
  };

  it('lets a worker and a command line with write access to the namespace do everything', async () => {
    const pool = await createBlockedPool(harness.stack, 'permitted');
    const words = [pool.nodeName, '--task-id', 'permitted', '--host-cleanup', 'skip', '--preflight', 'skip'];
    const by = ['--by', 'ops', '--reason', 'test'];
    const write = async (...more: readonly string[]): Promise<CliResult> => await cli('default:write', ...more);

    expect(await write('start', ...words)).toMatchObject({ exitCode: 0 });
    await awaitBlockedDrain(harness, toNodeWorkflowId('default', pool.nodeName), 2, 6);
    expect((await write('status', 'permitted')).stdout).toContain('2 blocked by a budget');
    expect(await write('pause', 'permitted', ...by)).toMatchObject({ exitCode: 0 });
    await awaitEvictionsPaused(harness, toNodeWorkflowId('default', pool.nodeName));
    expect(await write('resume', 'permitted', ...by)).toMatchObject({ exitCode: 0 });
    await unblockPods(harness.stack, pool);
    expect(await write('watch', 'permitted')).toMatchObject({ exitCode: 0 });
    expect((await write('report', 'permitted')).stdout).toMatch(/^Decommissioned: /);
    expect((await write('list')).stdout).toContain('Decommissioned');
    // The namespace has them, and reading which needs no more than write access.
    const { count } = await harness.client.workflow.count("DecommissionOutcome = 'Decommissioned'");
    expect(count).toBe(2);
  });

  it('lets a decommission be cancelled with write access', async () => {
    const pool = await createBlockedPool(harness.stack, 'cancelled');
    const words = [pool.nodeName, '--task-id', 'cancelled', '--host-cleanup', 'skip', '--preflight', 'skip'];
    expect(await cli('default:write', 'start', ...words)).toMatchObject({ exitCode: 0 });
    await awaitBlockedDrain(harness, toNodeWorkflowId('default', pool.nodeName), 2, 6);
    const cancelled = await cli('default:write', 'cancel', 'cancelled', '--by', 'ops', '--reason', 'test', '--wait');
    expect(cancelled.stdout).toContain('Cancelled: The run was cancelled. All changes were undone.');
  });

  it('lets doctor find nothing missing with write access', async () => {
    const checks = await diagnose('default:write');
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(checks).toContainEqual(
      expect.objectContaining({ name: 'access to Temporal namespace default', message: 'read and write' }),
    );
    expect(checks).toContainEqual(expect.objectContaining({ name: 'search attributes', message: 'all registered' }));
  });

  it.each([
    ['default:read', 'read only (Request unauthorized): workers receive no work'],
    ['other:write', 'the credentials may not describe the namespace (Request unauthorized): runs are refused'],
    ['', 'the credentials may not describe the namespace (Request unauthorized): runs are refused'],
  ])('lets doctor name what is missing with "%s"', async (permission, message) => {
    const [found] = (await diagnose(permission)).filter(({ ok }) => !ok);
    expect(found).toMatchObject({
      name: 'access to Temporal namespace default',
      message: expect.stringContaining(message),
      remedy: expect.stringContaining('Grant them write access to namespace default'),
    });
  });

  it('refuses a start at once with read access, and shows what has been done', async () => {
    const started = await cli('default:read', 'start', 'any', '--host-cleanup', 'skip');
    expect(started).toMatchObject({ exitCode: 1, stdout: '' });
    expect(started.stderr).toContain('Request unauthorized');
    expect((await cli('default:read', 'list')).stdout).toContain('permitted');
  });

  it('lets a worker with read access end at once instead of waiting for work that it never gets', async () => {
    const result = await cli('default:read', 'worker');
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toContain('do not have write access to namespace "default": Request unauthorized');
  });
});
