import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { plantFiles, REPOSITORY } from './plant-files.ts';

/** What a planted file imports, and the rule that must catch it. */
const VIOLATIONS: readonly (readonly [rule: string, file: string, statement: string])[] = [
  ['no-circular', 'src/domain/one.ts', "import { two } from './two.ts'; export const one = two;"],
  ['domain-is-pure', 'src/domain/clock.ts', "import { hrtime } from 'node:process'; export const now = hrtime;"],
  ['domain-is-pure', 'src/domain/library.ts', "import { z } from 'zod'; export const schema = z;"],
  ['domain-is-pure', 'src/domain/port.ts', "import type { Port } from '../ports/port.ts'; export type Mine = Port;"],
  [
    'ports-speak-domain',
    'src/ports/leak.ts',
    "import type { V1Pod } from '@kubernetes/client-node'; export type Pod = V1Pod;",
  ],
  [
    'workflows-stay-in-the-sandbox',
    'src/workflows/value.ts',
    "import { work } from '../activities/work.ts'; export const run = work;",
  ],
  [
    'workflows-know-activities-by-type-only',
    'src/workflows/adapter.ts',
    "import type { Kube } from '../kube/kube.ts'; export type Mine = Kube;",
  ],
  [
    'activities-see-ports-not-adapters',
    'src/activities/adapter.ts',
    "import type { Kube } from '../kube/kube.ts'; export type Mine = Kube;",
  ],
  [
    'only-messages-leave-workflows',
    'src/worker/by-value.ts',
    "import { allowed } from '../workflows/allowed.ts'; export const mine = allowed;",
  ],
  [
    'only-messages-leave-workflows',
    'src/activities/by-type.ts',
    "import type { Work } from '../workflows/allowed.ts'; export type Mine = Work;",
  ],
  [
    'only-the-worker-joins-adapters',
    'src/inspect/adapter.ts',
    "import { Kube } from '../kube/kube.ts'; export const mine = Kube;",
  ],
  ['config-is-a-leaf', 'src/config/port.ts', "import type { Port } from '../ports/port.ts'; export type Mine = Port;"],
  [
    'client-knows-messages-only',
    'src/client/work.ts',
    "import { work } from '../activities/work.ts'; export const mine = work;",
  ],
  [
    'inspect-needs-no-temporal',
    'src/inspect/temporal.ts',
    "import { Client } from '@temporalio/client'; export const mine = Client;",
  ],
  [
    'cli-calls-the-client',
    'src/cli/work.ts',
    "import { work } from '../activities/work.ts'; export const mine = work;",
  ],
  [
    'adapters-do-not-meet',
    'src/kube/config.ts',
    "import { work } from '../activities/work.ts'; export const mine = work;",
  ],
  [
    'kube-and-ssh-are-strangers',
    'src/kube/ssh.ts',
    "import { shell } from '../ssh/shell.ts'; export const mine = shell;",
  ],
  [
    'only-the-worker-joins-adapters',
    'src/inspect/scheduler.ts',
    "import { thread } from '../scheduler/thread.ts'; export const mine = thread;",
  ],
  [
    'adapters-do-not-meet',
    'src/scheduler/config.ts',
    "import { work } from '../activities/work.ts'; export const mine = work;",
  ],
  ['scheduler-is-alone', 'src/scheduler/kube.ts', "import { Kube } from '../kube/kube.ts'; export const mine = Kube;"],
  [
    'adapters-do-not-know-the-scheduler',
    'src/kube/scheduler.ts',
    "import { thread } from '../scheduler/thread.ts'; export const mine = thread;",
  ],
  [
    'client-node-only-in-kube',
    'src/activities/client.ts',
    "import { KubeConfig } from '@kubernetes/client-node'; export const mine = KubeConfig;",
  ],
  ['ssh2-only-in-ssh', 'src/activities/ssh-client.ts', "import { Client } from 'ssh2'; export const mine = Client;"],
  [
    'no-production-to-test',
    'src/activities/fake.ts',
    "import { fake } from '../../test/fake.ts'; export const mine = fake;",
  ],
  [
    'no-development-dependencies-in-src',
    'src/cli/static-development.ts',
    "import { format } from 'prettier'; export const mine = format;",
  ],
  [
    'no-development-dependencies-in-src',
    'src/cli/dynamic-development.ts',
    "export const mine = async (): Promise<unknown> => await import('prettier');",
  ],
  [
    'no-development-dependencies-in-src',
    'src/cli/type-development.ts',
    "import type { Options } from 'prettier'; export type Mine = Options;",
  ],
  [
    'no-undeclared-dependencies-in-src',
    'src/cli/undeclared.ts',
    "import { native } from '@temporalio/core-bridge'; export const mine = native;",
  ],
];

const ALLOWED: Readonly<Record<string, string>> = {
  'src/domain/two.ts': "import { one } from './one.ts'; export const two: unknown = one;",
  'src/ports/port.ts': 'export interface Port { readonly name: string }',
  'src/activities/work.ts':
    "import type { Port } from '../ports/port.ts'; export const work = (port: Port): string => port.name;",
  'src/workflows/allowed.ts':
    "import type { work } from '../activities/work.ts'; export type Work = typeof work; export const allowed = 'allowed';",
  'src/kube/kube.ts': "import { KubeConfig } from '@kubernetes/client-node'; export class Kube extends KubeConfig {}",
  'src/worker/sound.ts': "import { Kube } from '../kube/kube.ts'; export const sound = Kube;",
  'src/inspect/sound.ts': "import { sound } from '../worker/sound.ts'; export const mine = sound;",
  'src/ssh/shell.ts': "export const shell = 'shell';",
  'src/scheduler/thread.ts':
    "import type { Port } from '../ports/port.ts'; export const thread = (port: Port): string => port.name;",
  'src/cli/download.ts': "export const mine = async (): Promise<unknown> => await import('@temporalio/testing');",
  'test/fake.ts': "export const fake = 'fake';",
};

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

describe('the import rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'import-rules-'));
  let violations: readonly Violation[] = [];

  beforeAll(() => {
    plantFiles(folder, { violations: VIOLATIONS, allowed: ALLOWED, rulesFile: '.dependency-cruiser.cjs' });
    const cruiser = join(REPOSITORY, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
    const options = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src', 'test'];
    const { stdout } = spawnSync(process.execPath, [cruiser, ...options], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    violations = (JSON.parse(stdout) as { summary: { violations: readonly Violation[] } }).summary.violations;
  }, 60_000);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(VIOLATIONS)('%s catches %s', (rule, file) => {
    const found = violations.filter(({ from }) => from === file).map((violation) => violation.rule.name);
    expect(found).toContain(rule);
  });

  it('accepts allowed imports', () => {
    const reported = violations
      .map(({ from }) => from)
      .filter((from) => from in ALLOWED && from !== 'src/domain/two.ts');
    expect(reported).toEqual([]);
  });
});
