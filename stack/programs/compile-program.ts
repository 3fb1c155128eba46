import { readFileSync, writeFileSync } from 'node:fs';

import type { ProgramGroup, ProgramName } from './program-groups.ts';
import { runCommand } from '../processes/run-command.ts';
import type { CommandResult } from '../processes/run-command.ts';
import { printProgress } from '../processes/report-progress.ts';

export interface Compilation {
  readonly program: ProgramName;
  readonly goPackage: string;
  readonly group: ProgramGroup;
  readonly outputPath: string;
  /** For instance `2 of 7`. */
  readonly position: string;
  readonly onProgress: (line: string) => void;
}

/** The compiler collects its garbage when that is four times its data, by default once: more memory for less time. Changes no result. */
const QUICK_COMPILER = { GOGC: '400' };

/** Overrides user settings that would change the result; proxies and caches stay as the user has set them. */
const GO_ENVIRONMENT = {
  CGO_ENABLED: '0',
  GOFLAGS: '-buildvcs=false -mod=readonly',
  GOTOOLCHAIN: 'local',
  GOWORK: 'off',
};

/**
 * Compiles one program with the ordinary Go client, which downloads missing modules.
 * @throws Error with the end of the compiler's output: the build failed.
 */
export const compileProgram = async (compilation: Compilation): Promise<void> => {
  const { program, position, onProgress } = compilation;
  await printProgress(`compiling ${program} … ${position}`, `compiled ${program}`, onProgress, async () => {
    const { exitCode, stdout, stderr } = await runGoBuild(compilation);
    if (exitCode === 0) {
      await finishProgram(compilation);
      return;
    }
    const end = `${stdout}${stderr}`.trimEnd().split('\n').slice(-20).join('\n');
    throw new Error(
      `Go could not compile ${program} (exit code ${exitCode ?? 'none'}). The end of its output:\n${end}`,
    );
  });
};

const finishProgram = async ({ group: { finish }, outputPath }: Compilation): Promise<void> => {
  if (finish !== undefined) writeFileSync(outputPath, await finish(readFileSync(outputPath)));
};

const runGoBuild = ({ goPackage, group, outputPath }: Compilation): Promise<CommandResult> =>
  runCommand('go', ['build', ...group.buildFlags, '-o', outputPath, goPackage], {
    directory: group.moduleDirectory,
    environment: {
      ...QUICK_COMPILER,
      ...(process.env as Record<string, string>),
      ...GO_ENVIRONMENT,
      ...group.target,
    },
  });
