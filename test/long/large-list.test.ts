import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runSuccessfully } from '../../stack/processes/run-command.ts';

const NODES = 5000;
const PODS = 150_000;
const MAX_MEGABYTES = 600;

const toProgram = (name: string): string => fileURLToPath(new URL(`large-list/${name}.ts`, import.meta.url));

describe('the snapshot of a large cluster', () => {
  const folder = mkdtempSync(join(tmpdir(), 'large-list-'));
  const kubeconfig = join(folder, 'kubeconfig');
  let server: ChildProcess;

  beforeAll(async () => {
    const program = [toProgram('page-server'), String(NODES), String(PODS)];
    const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'inherit'] });
    server = child;
    const address = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (line: Buffer) => {
        resolve(line.toString().trim());
      });
      child.once('exit', () => {
        reject(new Error('the server of the pages has ended before it had an address'));
      });
    });
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        'current-context': 'large',
        clusters: [{ name: 'large', cluster: { server: address, 'insecure-skip-tls-verify': true } }],
        users: [{ name: 'large', user: {} }],
        contexts: [{ name: 'large', context: { cluster: 'large', user: 'large' } }],
      }),
    );
  });

  afterAll(() => {
    server.kill();
    rmSync(folder, { recursive: true });
  });

  it('is read page by page, within a bounded memory, although some pages fail at first', async () => {
    const output = await runSuccessfully(process.execPath, [toProgram('read-snapshot'), kubeconfig]);
    const { nodes, pods, peakMegabytes } = JSON.parse(output) as Record<'nodes' | 'pods' | 'peakMegabytes', number>;
    expect({ nodes, pods }).toEqual({ nodes: NODES, pods: PODS });
    expect(peakMegabytes).toBeLessThanOrEqual(MAX_MEGABYTES);
  });
});
