import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { readCompressedScheduler } from './compressed-scheduler.ts';
import { toPortableBundle } from './portable-bundle.ts';

/**
 * `node build-package.ts [folder]`: compiles `src` to the folder, by default `dist`, and bundles the workflows, so that a package starts
 * without a compiler. Replaces the folder. The scheduler program is compiled with Go, unless NODE_DECOMMISSION_SCHEDULER_PROGRAM names one.
 */
const repository = fileURLToPath(new URL('../..', import.meta.url));
const dist = resolve(process.argv[2] ?? join(repository, 'dist'));
/** TypeScript 7, a native program, takes a third of the time. Version 6 is installed as well, for its API (`read-api.ts`). */
const compiler = join(repository, 'node_modules/typescript-native/bin/tsc');

rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', dist], {
  cwd: repository,
  stdio: 'inherit',
});
const { code } = await bundleWorkflowCode({
  workflowsPath: join(dist, 'workflows/index.js'),
  payloadConverterPath: join(dist, 'workflows/payload-converter.js'),
});
writeFileSync(join(dist, 'workflow-bundle.js'), toPortableBundle(code, repository));
chmodSync(join(dist, 'bin.js'), 0o755);
// Host scripts are plain sh; the loader reads them from its own folder.
const hostScripts = 'ssh/host/scripts';
cpSync(join(repository, 'src', hostScripts), join(dist, hostScripts), { recursive: true });

writeFileSync(join(dist, 'scheduler/scheduler.program.gz'), await readCompressedScheduler());

const leaked = readdirSync(dist, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.js'))
  .filter((name) => readFileSync(join(dist, name), 'utf8').includes(repository));
if (leaked.length > 0) throw new Error(`The package would contain paths of this machine: ${leaked.join(', ')}`);
