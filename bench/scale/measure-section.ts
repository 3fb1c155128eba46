import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure } from '../record/benchmark-record.ts';
import { FIGURES_FILE } from './report-figures.ts';
import type { Section } from './sections.ts';

/** What a section's program has measured, or why it has not. */
export interface MeasuredSection {
  readonly figures: readonly Figure[];
  readonly failure?: string;
}

/** Runs the program of a section in a process of its own: the memory of one is not that of another. */
export const measureSection = async ({ script }: Section, timeoutMilliseconds: number): Promise<MeasuredSection> => {
  if (script === undefined) return { figures: [], failure: 'it has no program in bench/scale/' };
  const directory = mkdtempSync(join(tmpdir(), 'bench-figures-'));
  const path = join(directory, 'figures.json');
  try {
    const ending = await runProgram(join(import.meta.dirname, script), path, timeoutMilliseconds);
    if (ending !== undefined) return { figures: [], failure: `${script} ${ending}` };
    return { figures: JSON.parse(readFileSync(path, 'utf8')) as readonly Figure[] };
  } catch (error) {
    return { figures: [], failure: error instanceof Error ? error.message : String(error) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

/** Undefined: it has succeeded. */
const runProgram = (program: string, figuresPath: string, timeout: number): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program], {
      env: { ...process.env, [FIGURES_FILE]: figuresPath },
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout,
      killSignal: 'SIGTERM',
    });
    child.on('error', reject);
    child.on('exit', (exitCode, signal) => {
      if (exitCode === 0) resolve(undefined);
      else if (signal === null) resolve(`ended with exit code ${exitCode ?? 'none'}`);
      else resolve(`did not end in ${Math.round(timeout / 1000)} s (${signal})`);
    });
  });
