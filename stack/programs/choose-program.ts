import type { ProgramName } from './program-groups.ts';

/** A program of this machine that may serve instead of a compiled one. */
export interface InstalledProgram {
  readonly name: ProgramName;
  readonly path: string;
  /** What it prints when asked for its version; empty: it could not be run. */
  readonly versionOutput: string;
}

export interface ProgramChoice {
  /** The programs to use, by name; what is missing has to be compiled. */
  readonly used: Readonly<Partial<Record<ProgramName, { readonly path: string; readonly version: string }>>>;
  /** Why others are not used: sentences. */
  readonly rejected: readonly string[];
}

interface VersionRule {
  /** Has the version as its first group. */
  readonly pattern: RegExp;
  /** Completes "needed is …". */
  readonly needed: string;
  readonly fits: (major: number, minor: number) => boolean;
}

const isMinor36 = (major: number, minor: number): boolean => major === 1 && minor === 36;

/** Of one minor version with the ones that are compiled, because only some of them may be found. */
const KUBERNETES: VersionRule = { pattern: /^Kubernetes v(\d+\.\d+\.\d+)/m, needed: '1.36', fits: isMinor36 };

const RULES: Readonly<Partial<Record<ProgramName, VersionRule>>> = {
  'kube-apiserver': KUBERNETES,
  'kube-controller-manager': KUBERNETES,
  'kube-scheduler': KUBERNETES,
  kubectl: {
    pattern: /^Client Version: v(\d+\.\d+\.\d+)/m,
    needed: '1.35 to 1.37',
    fits: (major, minor) => major === 1 && minor >= 35 && minor <= 37,
  },
  etcd: {
    pattern: /^etcd Version: (\d+\.\d+\.\d+)/m,
    needed: '3.5 or a later 3',
    fits: (major, minor) => major === 3 && minor >= 5,
  },
  /** The version of the server in it counts. */
  temporal: {
    pattern: /^temporal version .*Server (\d+\.\d+\.\d+)/m,
    needed: 'one with server 1.29 or a later 1',
    fits: (major, minor) => major === 1 && minor >= 29,
  },
  kwok: {
    pattern: /^kwok version v(\d+\.\d+\.\d+)/m,
    needed: '0.7 or 0.8',
    fits: (major, minor) => major === 0 && (minor === 7 || minor === 8),
  },
};

/** The programs of the stack that may be installed on a machine. */
export const INSTALLABLE_PROGRAMS = Object.keys(RULES) as readonly ProgramName[];

/** For each program the first of these whose version fits. Pure. */
export const choosePrograms = (installed: readonly InstalledProgram[]): ProgramChoice => {
  const used: Partial<Record<ProgramName, { readonly path: string; readonly version: string }>> = {};
  const rejected: string[] = [];
  for (const { name, path, versionOutput } of installed) {
    const rule = RULES[name];
    if (rule === undefined || used[name] !== undefined) continue;
    const version = rule.pattern.exec(versionOutput)?.[1] ?? 'unknown';
    if (fitsRule(version, rule)) used[name] = { path, version };
    else rejected.push(`${path} is not used: its version is ${version}, needed is ${rule.needed}.`);
  }
  return { used, rejected };
};

const fitsRule = (version: string, { fits }: VersionRule): boolean => {
  const [major = NaN, minor = NaN] = version.split('.').map(Number);
  return fits(major, minor);
};
