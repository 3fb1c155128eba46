import { toCountText, toShortList } from '../text/counts.ts';
import type { HostFacts, HostRuntime, HostUnit } from './facts.ts';
import { isUnitKeptOff, isUnitOff, isUnitThere, RUNTIME_UNITS, toUnitText } from './units.ts';

export interface CleanExpectations {
  /** Each must exist and be stopped and masked. */
  readonly kubeletUnits: readonly string[];
}

/** `unknown`: it could not be read. Never treated as `ok`. */
export type CleanVerdict = 'ok' | 'notOk' | 'unknown';

export interface CleanItem {
  /** E.g. `kubelet.service`, `mounts`. */
  readonly name: string;
  readonly verdict: CleanVerdict;
  /** One sentence. */
  readonly message: string;
}

export interface HostCleanJudgement {
  /** Every item is `ok`. */
  readonly isClean: boolean;
  /** In a fixed order, including those that are `ok`. */
  readonly items: readonly CleanItem[];
}

/** Judges, from one probe after the cleanup, whether anything of the cluster remains on a host or could start again. */
export const judgeHostClean = (facts: HostFacts, { kubeletUnits }: CleanExpectations): HostCleanJudgement => {
  const items = [
    ...kubeletUnits.map((name) => judgeKubeletUnit(facts, name)),
    judgePort(facts),
    ...RUNTIME_UNITS.map((unit) => judgeRuntimeUnit(facts, unit)),
    judgeCount('sandboxes', facts.isRoot ? facts.sandboxCount : undefined, 'pod sandbox', 'pod sandboxes'),
    judgeCount(
      'containers',
      facts.isRoot ? facts.containerCount : undefined,
      'Kubernetes container',
      'Kubernetes containers',
    ),
    judgeList(
      facts,
      'shims',
      facts.shimPids.map(String),
      'shim of a Kubernetes container',
      'shims of Kubernetes containers',
    ),
    judgeList(facts, 'pod processes', facts.busyPodCgroups, 'pod cgroup with processes', 'pod cgroups with processes'),
    judgeList(
      facts,
      'mounts',
      facts.mounts.map(({ path }) => path),
      'mount below the kubelet directory',
      'mounts below the kubelet directory',
    ),
    judgeList(facts, 'credentials', facts.credentialPaths, 'credential file', 'credential files'),
    ...facts.unseen.map(({ name, why }) => toItem(name, 'unknown', `${name} could not be checked: ${why}.`)),
  ];
  return { isClean: items.every(({ verdict }) => verdict === 'ok') && kubeletUnits.length > 0, items };
};

const toItem = (name: string, verdict: CleanVerdict, message: string): CleanItem => ({ name, verdict, message });

const judgeKubeletUnit = ({ units }: HostFacts, name: string): CleanItem => {
  const unit = units.find((one) => one.name === name);
  if (unit === undefined) return toItem(name, 'unknown', `systemd did not report the state of ${name}.`);
  if (!isUnitThere(unit))
    return toItem(name, 'notOk', `Unit ${name} does not exist: the kubelet may run under another name.`);
  const isMasked = unit.loadState === 'masked' || unit.unitFileState === 'masked';
  return isUnitOff(unit) && isMasked
    ? toItem(name, 'ok', `${name} is stopped and masked.`)
    : toItem(name, 'notOk', `${name} is ${toUnitText(unit)}: it must be stopped and masked.`);
};

const DEFAULT_PORT = '10250';

const judgePort = ({ kubeletPortIsOpen, layout }: HostFacts): CleanItem => {
  const name = 'kubelet port';
  const port = layout.facts.find((fact) => fact.name === 'KUBELET_PORT')?.value ?? DEFAULT_PORT;
  if (kubeletPortIsOpen === undefined) return toItem(name, 'unknown', 'The listening ports could not be read.');
  return kubeletPortIsOpen
    ? toItem(name, 'notOk', `A process still listens on port ${port}.`)
    : toItem(name, 'ok', `No process listens on port ${port}.`);
};

const judgeRuntimeUnit = (facts: HostFacts, { name, excusedBy }: (typeof RUNTIME_UNITS)[number]): CleanItem => {
  const unit = facts.units.find((one) => one.name === name);
  if (unit === undefined) return toItem(name, 'unknown', `systemd did not report the state of ${name}.`);
  if (!isUnitThere(unit)) return toItem(name, 'ok', `Unit ${name} does not exist.`);
  if (isUnitOff(unit) && isUnitKeptOff(unit))
    return toItem(name, 'ok', `${name} is stopped and does not start at boot.`);
  return judgeRunningRuntime(
    facts.runtimes.filter(({ kind }) => excusedBy.includes(kind)),
    unit,
  );
};

/** Non-Kubernetes containers are a reason to keep a runtime running; an unknown number of them is not. */
const judgeRunningRuntime = (excusers: readonly HostRuntime[], unit: HostUnit): CleanItem => {
  const count = excusers.reduce((sum, { foreignContainerCount = 0 }) => sum + foreignContainerCount, 0);
  if (count > 0) {
    const containers = toCountText(count, 'non-Kubernetes container');
    return toItem(unit.name, 'ok', `${unit.name} was left unchanged because of ${containers}.`);
  }
  return excusers.some(({ foreignContainerCount }) => foreignContainerCount === undefined)
    ? toItem(
        unit.name,
        'unknown',
        `${unit.name} is ${toUnitText(unit)}, and it did not report whether it has non-Kubernetes containers.`,
      )
    : toItem(unit.name, 'notOk', `${unit.name} is ${toUnitText(unit)}: it must be stopped and disabled.`);
};

const judgeCount = (name: string, count: number | undefined, one: string, many: string): CleanItem => {
  if (count === undefined) return toItem(name, 'unknown', `The number of remaining ${many} could not be read.`);
  return count === 0
    ? toItem(name, 'ok', `No ${one} is left.`)
    : toItem(name, 'notOk', `${count} ${count === 1 ? `${one} is` : `${many} are`} left.`);
};

const MAXIMUM_LISTED = 5;

/** Without root privileges a probe finds nothing, which proves nothing. */
const judgeList = (facts: HostFacts, name: string, found: readonly string[], one: string, many: string): CleanItem => {
  if (!facts.isRoot) return toItem(name, 'unknown', `Remaining ${many} could not be read without root privileges.`);
  if (found.length === 0) return toItem(name, 'ok', `No ${one} is left.`);
  const listed = toShortList(found, MAXIMUM_LISTED);
  return toItem(name, 'notOk', `${found.length} ${found.length === 1 ? `${one} is` : `${many} are`} left: ${listed}.`);
};
