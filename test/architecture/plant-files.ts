import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of this project. */
export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** What breaks a rule, and what looks similar and does not. */
export interface Planted {
  readonly violations: readonly (readonly [rule: string, file: string, statement: string])[];
  /** Statements by file. */
  readonly allowed: Readonly<Record<string, string>>;
  /** The file with the rules, besides those that every tool reads. */
  readonly rulesFile: string;
}

/** Writes a small project with these files, and this one's rules and packages, to an empty folder. */
export const plantFiles = (folder: string, { violations, allowed, rulesFile }: Planted): void => {
  const planted = Object.fromEntries(violations.map(([, file, statement]) => [file, statement]));
  for (const [file, statement] of Object.entries({ ...allowed, ...planted })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `${statement}\n`);
  }
  for (const file of ['tsconfig.json', rulesFile, 'package.json']) cpSync(join(REPOSITORY, file), join(folder, file));
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
};
