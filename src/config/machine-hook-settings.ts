import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { MachineHookFile } from './machine-hook-schema.ts';

/** The hook that ends the machine of a deleted node. */
export interface MachineHookSettings {
  readonly call: UrlCall | CommandCall;
  /** Of one call. Default 300. */
  readonly timeoutSeconds: number;
  /** Names of the clusters whose machines it ends; absent: all. */
  readonly clusters?: readonly string[];
}

/** A call over HTTPS, with a JSON body. */
export interface UrlCall {
  readonly kind: 'url';
  readonly url: string;
  /** Default POST. */
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: readonly HookHeader[];
  /** PEM file with the certificate authorities of the server; absent: those of Node.js. */
  readonly caFile?: string;
}

/** A header whose value is a secret: it is read when it is needed, and is no part of the settings. */
export interface HookHeader {
  readonly name: string;
  /** The environment variable that has the value. */
  readonly variable: string;
  /** Undefined: the variable is not set, or is empty. */
  readonly readValue: () => string | undefined;
}

/** A program that runs where the worker does. */
export interface CommandCall {
  readonly kind: 'command';
  /** Absolute path; a name that was not found on PATH stays as it is. */
  readonly program: string;
  readonly arguments: readonly string[];
}

/** What the section is resolved with. */
export interface MachineHookContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Makes a path from the file absolute. */
  readonly resolvePath: (path: string) => string;
}

/** The validated section `endMachine`. */
export const toMachineHookSettings = (file: MachineHookFile, context: MachineHookContext): MachineHookSettings => ({
  call: file.url === undefined ? toCommandCall(file, context) : toUrlCall(file.url, file, context),
  timeoutSeconds: file.timeoutSeconds,
  ...(file.clusters === undefined ? {} : { clusters: file.clusters }),
});

const toUrlCall = (
  url: string,
  { method = 'POST', headers = {}, caFile }: MachineHookFile,
  { environment, resolvePath }: MachineHookContext,
): UrlCall => ({
  kind: 'url',
  url,
  method,
  headers: Object.entries(headers).map(([name, variable]) => ({
    name,
    variable,
    readValue: () => environment[variable] || undefined,
  })),
  ...(caFile === undefined ? {} : { caFile: resolvePath(caFile) }),
});

const toCommandCall = (
  { command: [written = '', ...words] = [] }: MachineHookFile,
  { environment, resolvePath }: MachineHookContext,
): CommandCall => {
  const isPath = written.includes('/');
  const program = isPath ? resolvePath(written) : findOnPath(written, environment['PATH'] ?? '');
  return { kind: 'command', program, arguments: words };
};

const findOnPath = (name: string, path: string): string =>
  path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable) ?? name;

const isExecutable = (path: string): boolean => isFile(path, constants.X_OK);

/** `mode`: what this process may do with it. */
const isFile = (path: string, mode: number): boolean => {
  try {
    accessSync(path, mode);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/** Why the hook cannot be called from this process, as full sentences; empty: it can. Does not call it, and quotes no value. */
export const findHookProblems = (
  { call, clusters = [] }: MachineHookSettings,
  configuredClusters: readonly string[],
): readonly string[] => [
  ...clusters
    .filter((name) => !configuredClusters.includes(name))
    .map((name) => `\`endMachine.clusters\` names cluster ${name}, which is not configured.`),
  ...(call.kind === 'url' ? findUrlProblems(call) : findCommandProblems(call)),
];

const findUrlProblems = ({ headers, caFile }: UrlCall): readonly string[] => [
  ...headers.flatMap(({ name, variable, readValue }) => {
    const value = readValue();
    if (value === undefined) {
      return [`Header ${name} of \`endMachine\` needs environment variable ${variable}, which is not set.`];
    }
    return /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)
      ? []
      : [`Environment variable ${variable} has a character that header ${name} cannot have, e.g. a line end.`];
  }),
  ...(caFile === undefined || isFile(caFile, constants.R_OK)
    ? []
    : [`\`endMachine.caFile\` names ${caFile}, which is not a readable file.`]),
];

const findCommandProblems = ({ program }: CommandCall): readonly string[] => {
  if (!program.includes('/')) return [`\`endMachine.command\` names ${program}, which is not on PATH.`];
  return isExecutable(program)
    ? []
    : [`\`endMachine.command\` names ${program}, which does not exist or is not executable.`];
};
