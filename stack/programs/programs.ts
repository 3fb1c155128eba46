import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { buildOnce } from './build-once.ts';
import { readCacheDirectory } from '../../src/config/cache-directory.ts';
import { compileProgram } from './compile-program.ts';
import { checkPlatform, compareGoVersions, readGoObstacle } from './prerequisites.ts';
import {
  CONTROL_PLANE_GROUPS,
  PROGRAM_GROUP_NAMES,
  PROGRAM_GROUPS,
  readGroupHash,
  readNeededGo,
} from './program-groups.ts';
import type { ProgramGroupName, ProgramName } from './program-groups.ts';

export type ProgramPaths = Readonly<Record<ProgramName, string>>;

/** Programs of the machine to use instead of compiled ones. */
export type InstalledPaths = Readonly<Partial<ProgramPaths>>;

interface MissingGroup {
  readonly name: ProgramGroupName;
  readonly directory: string;
  readonly programs: readonly (readonly [ProgramName, string])[];
  /** How many programs of earlier groups this run has to compile. */
  readonly programsBefore: number;
}

/**
 * Compiles those programs of the local stack that are not in the cache, from the Go modules under
 * `stack/programs/modules/`, which pin their versions and checksums. Cold, all of them take about 20 minutes on two cores.
 *
 * They are stored in `<cache>/programs/<group>-<hash>/<program>`, with links to the latest in `<cache>/bin/<program>`.
 * A folder appears complete or not at all. Two runs at once compile once: the later one waits.
 * @param groupNames which groups are needed; all by default
 * @param onProgress called with one line of text at a time, only while something is compiled
 * @param installed programs that need not be compiled; of a group, the others are then compiled one by one
 * @returns the paths of the programs of every group; those of other groups may not exist
 * @throws Error when the machine does not run Linux, Go is missing or a program does not compile.
 */
export const ensurePrograms = async (
  groupNames: readonly ProgramGroupName[] = PROGRAM_GROUP_NAMES,
  onProgress: (line: string) => void = () => undefined,
  installed: InstalledPaths = {},
): Promise<ProgramPaths> => {
  const missing = readMissingGroups(groupNames, installed);
  const obstacle = checkPlatform() ?? (await readCompileObstacle(missing));
  if (obstacle !== undefined) throw new Error(obstacle);

  const total = missing.reduce((sum, group) => sum + group.programs.length, 0);
  for (const group of missing) await compileGroup(group, total, onProgress);
  linkPrograms(groupNames, installed);
  return readProgramPaths(installed);
};

/** The paths of the programs, whether they exist or not. */
export const readProgramPaths = (installed: InstalledPaths = {}): ProgramPaths => {
  const entries = PROGRAM_GROUP_NAMES.flatMap((name) =>
    listPrograms(name).map((program) => {
      const alone = join(toOwnDirectory(name, program), program);
      const compiled = isPartlyInstalled(name, installed) ? alone : join(toGroupDirectory(name), program);
      return [program, installed[program] ?? compiled];
    }),
  );
  return Object.fromEntries(entries) as ProgramPaths;
};

/**
 * Why the stack cannot run here and now, with the remedy: no Linux, or programs to compile and no Go.
 * @param groupNames which programs are needed; by default those of a stack without real nodes
 */
export const readHostingObstacle = async (
  groupNames: readonly ProgramGroupName[] = CONTROL_PLANE_GROUPS,
): Promise<string | undefined> => checkPlatform() ?? readCompileObstacle(readMissingGroups(groupNames));

const readCompileObstacle = async (missing: readonly MissingGroup[]): Promise<string | undefined> => {
  const [needed] = missing
    .map(({ name }) => readNeededGo(PROGRAM_GROUPS[name]))
    .sort((one, other) => compareGoVersions(other, one));
  return needed === undefined ? undefined : readGoObstacle(needed);
};

const readMissingGroups = (groupNames: readonly ProgramGroupName[], installed: InstalledPaths = {}): MissingGroup[] => {
  let programsBefore = 0;
  return groupNames
    .flatMap((name) => toFolders(name, installed))
    .filter(({ directory }) => !existsSync(directory))
    .map((folder) => {
      const missing = { ...folder, programsBefore };
      programsBefore += folder.programs.length;
      return missing;
    });
};

/** The folders of a group: one for all of its programs, or one for each program that is not installed. */
const toFolders = (
  name: ProgramGroupName,
  installed: InstalledPaths,
): readonly Omit<MissingGroup, 'programsBefore'>[] => {
  const programs = Object.entries(PROGRAM_GROUPS[name].packages) as [ProgramName, string][];
  const needed = programs.filter(([program]) => installed[program] === undefined);
  if (needed.length === 0) return [];
  if (!isPartlyInstalled(name, installed)) return [{ name, directory: toGroupDirectory(name), programs }];
  return needed.map((each) => ({ name, directory: toOwnDirectory(name, each[0]), programs: [each] }));
};

/** False where the cache has the whole group already. */
const isPartlyInstalled = (name: ProgramGroupName, installed: InstalledPaths): boolean =>
  listPrograms(name).some((program) => installed[program] !== undefined) && !existsSync(toGroupDirectory(name));

const listPrograms = (name: ProgramGroupName): readonly ProgramName[] =>
  Object.keys(PROGRAM_GROUPS[name].packages) as ProgramName[];

const compileGroup = async (group: MissingGroup, total: number, onProgress: (line: string) => void): Promise<void> => {
  const onWait = (holderPid: number): void => {
    onProgress(`waiting for process ${holderPid}, which is compiling ${group.name} for the local stack`);
  };
  await buildOnce(group.directory, onWait, async (unfinished) => {
    for (const [index, [program, goPackage]] of group.programs.entries()) {
      await compileProgram({
        program,
        goPackage,
        group: PROGRAM_GROUPS[group.name],
        outputPath: join(unfinished, program),
        position: `${group.programsBefore + index + 1} of ${total}`,
        onProgress,
      });
    }
  });
};

/** Stable paths for callers without the hash, e.g. for `run`, which needs `temporal`. */
const linkPrograms = (groupNames: readonly ProgramGroupName[], installed: InstalledPaths): void => {
  const linkDirectory = join(readCacheDirectory(), 'bin');
  mkdirSync(linkDirectory, { recursive: true });
  const programs = groupNames.flatMap(listPrograms).filter((program) => installed[program] === undefined);
  const paths = readProgramPaths(installed);
  for (const program of programs) {
    const newLink = join(linkDirectory, `.${program}-${process.pid}`);
    rmSync(newLink, { force: true });
    symlinkSync(paths[program], newLink);
    renameSync(newLink, join(linkDirectory, program));
  }
};

const toGroupDirectory = (name: ProgramGroupName): string =>
  join(readCacheDirectory(), 'programs', `${name}-${readGroupHash(PROGRAM_GROUPS[name])}`);

/** Of a program that is compiled without the rest of its group. */
const toOwnDirectory = (name: ProgramGroupName, program: ProgramName): string => `${toGroupDirectory(name)}-${program}`;
