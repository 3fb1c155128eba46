import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deployment } from '../../stack/cluster-fixtures/workloads.ts';
import { startHarness, type Harness } from './harness/harness.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const execute = promisify(execFile);

describe('the package, installed in an empty folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'node-decommission-package-'));
  let harness: Harness;

  const run = async (command: string, commandArguments: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
    await execute(command, [...commandArguments], { cwd: folder, env: { ...process.env, ...environment } });

  beforeAll(async () => {
    const started = startHarness();
    await execute('npm', ['pack', '--pack-destination', folder], { cwd: REPOSITORY });
    const [archive = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    await run('npm', ['init', '--yes']);
    await run('npm', ['install', '--no-audit', '--no-fund', `./${archive}`]);
    harness = await started;
  });

  afterAll(async () => {
    await harness.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const binaries = (): string => join(folder, 'node_modules/.bin');

  it.each(['node-decommission', 'kubectl-decommission'])('has the command %s', async (command) => {
    const { stdout } = await run(join(binaries(), command), ['--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('is a kubectl plugin', async () => {
    const path = `${binaries()}:${process.env['PATH'] ?? ''}`;
    const { stdout } = await run(harness.stack.programs.kubectl, ['decommission', '--help'], { PATH: path });
    expect(stdout).toContain('Usage: kubectl decommission');
  });

  it('exports the typed client', async () => {
    const script = "import('node-decommission').then((module) => console.log(typeof module.createDecommissionClient))";
    expect((await run(process.execPath, ['-e', script])).stdout).toBe('function\n');
  });

  it('decommissions a node with its own bundled workflows', async () => {
    const { stack, environment } = harness;
    await stack.createNodes([{ name: 'node-1' }, { name: 'node-2' }]);
    await stack.createNamespace('shop');
    await stack.apply([deployment({ namespace: 'shop', name: 'web', replicas: 4 })]);
    await stack.awaitPodsReady('shop', 'app=web', 4);
    const { TEMPORAL_ADDRESS: _address, TEMPORAL_NAMESPACE: _namespace, ...rest } = environment;
    const embedded = { ...rest, NODE_DECOMMISSION_TEMPORAL_PROGRAM: stack.programs.temporal };
    const flags = ['--host-cleanup', 'skip', '-o', 'json'];
    const { stdout } = await run(join(binaries(), 'node-decommission'), ['run', 'node-1', ...flags], embedded);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'Decommissioned' });
    expect((await stack.kubectl(['get', 'node', 'node-1'])).stderr).toContain('NotFound');
  });
});
