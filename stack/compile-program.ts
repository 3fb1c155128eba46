import { spawn } from 'node:child_process';

import type { ProgramGroup, ProgramName } from './program-groups.ts';

export interface Compilation {
  readonly program: ProgramName;
  readonly goPackage: string;
  readonly group: ProgramGroup;
  readonly outputPath: string;
  /** For instance `2 of 7`. */
  readonly position: string;
  readonly onProgress: (line: string) => void;
}

const PROGRESS_INTERVAL_MILLISECONDS = 15_000;

/** Settings of the user that would change what comes out are overruled; proxies and caches stay theirs. */
const GO_ENVIRONMENT = {
  CGO_ENABLED: '0',
  GOFLAGS: '-buildvcs=false -mod=readonly',
  GOTOOLCHAIN: 'local',
  GOWORK: 'off',
};

/**
 * Compiles one program with the ordinary Go client, which downloads the modules that are not there yet.
 * @throws Error with the end of the compiler's output when it fails
 */
export async function compileProgram(compilation: Compilation): Promise<void> {
  const { program, position, onProgress } = compilation;
  const startedAt = Date.now();
  onProgress(`compiling ${program} … ${position}, first time only`);
  const timer = setInterval(() => {
    onProgress(`compiling ${program} … ${position}, ${toDuration(Date.now() - startedAt)} so far, first time only`);
  }, PROGRESS_INTERVAL_MILLISECONDS);
  try {
    const { exitCode, output } = await runGoBuild(compilation);
    if (exitCode !== 0) {
      const end = output.trimEnd().split('\n').slice(-20).join('\n');
      throw new Error(`Go could not compile ${program} (exit code ${exitCode ?? 'none'}). It said:\n${end}`);
    }
  } finally {
    clearInterval(timer);
  }
  onProgress(`compiled ${program} in ${toDuration(Date.now() - startedAt)}`);
}

/** Whole seconds as people write them: `45s`, `1m20s`. */
export function toDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}

function runGoBuild(compilation: Compilation): Promise<{ exitCode: number | null; output: string }> {
  const { goPackage, group, outputPath } = compilation;
  return new Promise((resolve, reject) => {
    const child = spawn('go', ['build', ...group.buildFlags, '-o', outputPath, goPackage], {
      cwd: group.moduleDirectory,
      env: { ...process.env, ...GO_ENVIRONMENT },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (exitCode) => {
      resolve({ exitCode, output });
    });
  });
}
