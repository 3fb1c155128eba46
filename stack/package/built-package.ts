import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { runSuccessfully } from '../processes/run-command.ts';
import { buildOnce } from '../programs/build-once.ts';

/** The package as it is published: compiled, with its workflows bundled. */
export interface BuiltPackage {
  /** The command-line program. */
  readonly entryPath: string;
  readonly workflowBundlePath: string;
}

const REPOSITORY = join(import.meta.dirname, '../..');
/** In node_modules, so that the package's imports resolve. */
const CACHE_DIRECTORY = join(REPOSITORY, 'node_modules/.cache/node-decommission');
const BUILD_PROGRAM = join(import.meta.dirname, 'build-package.ts');
const CONFIGURATION = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const SOURCES = ['src', 'scheduler', 'stack/package'];
/** Old builds are kept that long: one of other sources may still be in use. */
const KEEP_MILLISECONDS = 24 * 3_600_000;

/**
 * Builds the package of the current sources unless it exists. Tests run it, because from a checkout every start of the command line strips
 * types and every start of a worker bundles the workflows.
 * @throws Error with the end of the compiler's output.
 */
export const ensureBuiltPackage = async (): Promise<BuiltPackage> => {
  const directory = join(CACHE_DIRECTORY, `package-${readSourceHash()}`);
  mkdirSync(CACHE_DIRECTORY, { recursive: true });
  await buildOnce(
    directory,
    () => undefined,
    async (unfinished) => {
      removeOldBuilds();
      // For its version and its module type.
      copyFileSync(join(REPOSITORY, 'package.json'), join(unfinished, 'package.json'));
      await runSuccessfully(process.execPath, [BUILD_PROGRAM, join(unfinished, 'dist')]);
    },
  );
  return {
    entryPath: join(directory, 'dist/bin.js'),
    workflowBundlePath: join(directory, 'dist/workflow-bundle.js'),
  };
};

const readSourceHash = (): string => {
  const hash = createHash('sha256');
  for (const path of [...CONFIGURATION, ...SOURCES.flatMap(listFiles)]) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(REPOSITORY, path)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 12);
};

/** Paths relative to the repository, sorted. */
const listFiles = (folder: string): string[] =>
  readdirSync(join(REPOSITORY, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(REPOSITORY.length + 1))
    .sort();

const removeOldBuilds = (): void => {
  for (const name of readdirSync(CACHE_DIRECTORY).filter((each) => /^package-[0-9a-f]+$/.test(each))) {
    const path = join(CACHE_DIRECTORY, name);
    if (Date.now() - statSync(path).mtimeMs > KEEP_MILLISECONDS) rmSync(path, { recursive: true, force: true });
  }
};
