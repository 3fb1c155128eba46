import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { toPortableBundle } from './portable-bundle.ts';

/** Compiles `src` to `dist` and bundles the workflows, so that a package starts without a compiler. Replaces `dist`. */
const repository = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(repository, 'dist');

rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [join(repository, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
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

const leaked = readdirSync(dist, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.js'))
  .filter((name) => readFileSync(join(dist, name), 'utf8').includes(repository));
if (leaked.length > 0) throw new Error(`The package would contain paths of this machine: ${leaked.join(', ')}`);
