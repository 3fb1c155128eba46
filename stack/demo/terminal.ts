import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pc from 'picocolors';

export const ENTRY = join(fileURLToPath(new URL('../..', import.meta.url)), 'src/bin.ts');

export const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

export const headline = (text: string): void => {
  print(`\n${pc.bold(pc.cyan(`── ${text} `.padEnd(88, '─')))}`);
};

/** Runs a node-decommission command on this terminal, as a user would. @returns its exit code; `null` when a signal ended it */
export const runCommand = async (
  environment: NodeJS.ProcessEnv,
  commandArguments: readonly string[],
): Promise<number | null> => {
  print(pc.bold(`\n$ node-decommission ${commandArguments.join(' ')}`));
  const child = spawn(process.execPath, [ENTRY, ...commandArguments], { stdio: 'inherit', env: environment });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  print(pc.dim(`exit code ${exitCode ?? 'none'}`));
  return exitCode;
};
