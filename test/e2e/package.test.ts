import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
    // Without the optional native parts of ssh2, whose compilation takes half a minute of a processor.
    await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', `./${archive}`]);
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

  it('is completed by kubectl', async () => {
    const path = `${binaries()}:${process.env['PATH'] ?? ''}`;
    const { stdout } = await run(harness.stack.programs.kubectl, ['__complete', 'decommission', 'sta'], { PATH: path });
    expect(stdout).toContain('status\tshow what a decommission does now');
  });

  it('downloads `temporal` without development dependencies, and names the cause when it cannot', async () => {
    const { TEMPORAL_ADDRESS: _address, TEMPORAL_NAMESPACE: _namespace, ...rest } = harness.environment;
    const environment = {
      ...rest,
      PATH: '',
      NODE_DECOMMISSION_STATE: join(folder, 'state-of-download'),
      NODE_DECOMMISSION_TEMPORAL_PROGRAM: '',
      XDG_CACHE_HOME: join(folder, 'empty-cache'),
      // No proxy listens there, so the download fails on every machine, with and without a network.
      HTTPS_PROXY: 'http://127.0.0.1:1',
    };
    const script = join(folder, 'node_modules/node-decommission/dist/bin.js');
    const ended = run(process.execPath, [script, 'run', 'node-1', '--host-cleanup', 'skip'], environment);
    await expect(ended).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the download failed: the download host cannot be reached ('),
    });
  });

  it('runs its own scheduler program', async () => {
    const path = join(folder, 'node_modules/node-decommission/dist/worker/create-scheduler.js');
    const script = `
      const { createScheduler } = await import(${JSON.stringify(path)});
      const session = await createScheduler().open({ nodes: [], templates: [], pods: [], objects: {} });
      const trial = { removedNodeNames: [], removedNodes: 'deleted', pods: [], leave: 'together', choice: 'scheduler' };
      console.log((await session.tryPlacement(trial)).places.size);
      await session.close();`;
    const environment = { XDG_CACHE_HOME: join(folder, 'empty-cache') };
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], environment);
    expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' });
  });

  it('exports the worker and its configuration loader', async () => {
    const script =
      "import('node-decommission/worker').then((module) => console.log(typeof module.createDecommissionWorker, typeof module.loadConfiguration))";
    expect((await run(process.execPath, ['-e', script])).stdout).toBe('function function\n');
  });

  it('has types for a service that builds the worker and starts a drain', async () => {
    const service = `
import { NativeConnection } from '@temporalio/worker';
import { createDecommissionClient, type DecommissionReport } from 'node-decommission';
import { createDecommissionWorker, loadConfiguration, type Configuration, type WorkerExtensions, type WorkerGroup } from 'node-decommission/worker';

const extensions: WorkerExtensions = { interceptors: { workflowModules: [] } };
export const serve = async (connection: NativeConnection): Promise<WorkerGroup> => {
  const configuration: Configuration = loadConfiguration({ environment: process.env });
  return await createDecommissionWorker({ connection, namespace: 'default', configuration, ...extensions });
};
export const drain = async (options: Parameters<typeof createDecommissionClient>[0]): Promise<DecommissionReport> => {
  const client = await createDecommissionClient(options);
  const handle = await client.start({ nodeNames: ['worker-7'] });
  return await handle.result();
};
`;
    writeFileSync(join(folder, 'service.mts'), service);
    const compiler = join(REPOSITORY, 'node_modules/typescript-native/bin/tsc');
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022'];
    const types = ['--types', 'node', '--typeRoots', join(REPOSITORY, 'node_modules/@types')];
    await run(process.execPath, [compiler, ...options, ...types, 'service.mts']);
    writeFileSync(join(folder, 'mistyped.mts'), service.replace('{ nodeNames:', '{ tiemoutSeconds: 600, nodeNames:'));
    await expect(run(process.execPath, [compiler, ...options, ...types, 'mistyped.mts'])).rejects.toMatchObject({
      stdout: expect.stringMatching(
        /error TS\d+: .*'tiemoutSeconds' does not exist in type 'DecommissionRequestInput'/,
      ),
    });
  });

  it.each(['request', 'configuration'])('has the schema of the %s', async (name) => {
    const shipped = readFileSync(join(folder, `node_modules/node-decommission/schemas/${name}.json`), 'utf8');
    const { stdout } = await run(join(binaries(), 'node-decommission'), ['schema', name]);
    expect(JSON.parse(shipped)).toEqual(JSON.parse(stdout));
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
