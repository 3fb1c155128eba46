import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** Lines of a file of the repository without comments and empty ones, with their continuations. */
const readLines = (name: string): string[] =>
  readFileSync(join(REPOSITORY, name), 'utf8')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

const readArguments = (instruction: string): string[] =>
  readLines('Dockerfile').flatMap((line) =>
    line.startsWith(`${instruction} `) ? [line.slice(instruction.length + 1)] : [],
  );

describe('Dockerfile', () => {
  it('builds and runs on the Node that the scripts use, without Alpine', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    const image = `node:${devDependencies['node']?.split('.')[0] ?? ''}-bookworm-slim`;
    expect(readArguments('FROM')).toEqual(['golang:1.26-bookworm AS scheduler', `${image} AS build`, image]);
  });

  it('runs the worker as a user other than root', () => {
    expect(readArguments('USER')).toEqual(['node']);
    expect(readArguments('ENTRYPOINT')).toEqual(['["node", "dist/bin.js", "worker"]']);
  });

  it('limits the memory of the worker as the runbook describes', () => {
    const runbook = readFileSync(join(REPOSITORY, 'docs/runbook.md'), 'utf8');
    const described = [...runbook.matchAll(/^export ((?:NODE_OPTIONS|MALLOC_ARENA_MAX)=.*)$/gm)].map(
      ([, text]) => text,
    );
    expect(described).toHaveLength(2);
    expect(readArguments('ENV')).toContain(described.join(' '));
  });

  it('runs no package scripts, and omits development dependencies', () => {
    const installations = readArguments('RUN').filter((line) => line.includes('npm ci'));
    expect(installations).toHaveLength(2);
    for (const line of installations) expect(line).toContain('--ignore-scripts');
    expect(installations[1]).toContain('--omit=dev');
  });

  it('copies only files that exist and that .dockerignore allows', () => {
    const copied = readArguments('COPY')
      .filter((line) => !line.startsWith('--from='))
      .flatMap((line) => line.split(' ').slice(0, -1));
    const allowed = readLines('.dockerignore').flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    expect([...new Set(copied)].sort()).toEqual(allowed.sort());
    expect(copied.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
  });
});
