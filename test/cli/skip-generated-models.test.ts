import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const SOURCES = join(import.meta.dirname, '../../src');
const toUrl = (path: string): string => JSON.stringify(pathToFileURL(join(SOURCES, path)).href);

/** Loads a kubeconfig in a process of its own, and prints its server and how many modules of generated code it has loaded. */
const countModules = async (before: string): Promise<{ readonly server: string; readonly models: number }> => {
  const script = `
    import { registerHooks } from 'node:module';
    let models = 0;
    registerHooks({ load: (url, context, next) => {
      if (/client-node\\/dist\\/gen\\/(models|apis|types)\\//.test(url)) models += 1;
      return next(url, context);
    } });
    const { skipGeneratedModels } = await import(${toUrl('cli/skip-generated-models.ts')});
    ${before}
    const { PooledKubeConfig } = await import(${toUrl('kube/transport/pooled-kube-config.ts')});
    await import(${toUrl('kube/transport/api-client.ts')});
    const config = new PooledKubeConfig();
    config.loadFromClusterAndUser({ name: 'c', server: 'https://api.example' }, { name: 'u' });
    console.log(JSON.stringify({ server: config.getCurrentCluster().server, models }));`;
  const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
  const { stdout } = await promisify(execFile)(process.execPath, flags);
  return JSON.parse(stdout) as Awaited<ReturnType<typeof countModules>>;
};

describe('skipGeneratedModels', () => {
  it('keeps the generated models of the client from being loaded, and kubeconfigs work', async () => {
    expect(await countModules('skipGeneratedModels();')).toEqual({ server: 'https://api.example', models: 0 });
  });

  it('is needed: the client loads hundreds of them by itself', async () => {
    expect((await countModules('')).models).toBeGreaterThan(500);
  });
});
