import { toShortList } from '../text/counts.ts';
import type { HostFacts, HostRuntime, HostUnit } from './facts.ts';
import { isUnitKeptOff, isUnitOff, isUnitThere, RUNTIME_UNITS, toUnitText } from './units.ts';

export interface CleanExpectations {
  /** Each must be there, off and masked. */
  readonly kubeletUnits: readonly string[];
}

/** `unknown`: it could not be read. It is never taken for `ok`. */
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
  /** In a fixed order, those that are `ok` included. */
  readonly items: readonly CleanItem[];
}

/** Whether nothing of the cluster is left on a host or could come back, by one look at it after the work. */
export const judgeHostClean = (facts: HostFacts, { kubeletUnits }: CleanExpectations): HostCleanJudgement => {
  const items = [
    ...kubeletUnits.map((name) => judgeKubeletUnit(facts, name)),
    judgePort(facts),
    ...RUNTIME_UNITS.map((unit) => judgeRuntimeUnit(facts, unit)),
    judgeCount('sandboxes', facts.isRoot ? facts.sandboxCount : undefined, 'pod sandbox', 'pod sandboxes'),
    judgeCount(
      'containers',
      facts.isRoot ? facts.containerCount : undefined,
      "Kubernetes' container",
      "Kubernetes' containers",
    ),
    judgeList(facts, 'shims', facts.shimPids.map(String), "shim of Kubernetes' containers"),
    judgeList(
      facts,
      'pod processes',
      facts.busyPodCgroups,
      "pod's cgroup with processes",
      "pods' cgroups with processes",
    ),
    judgeList(
      facts,
      'mounts',
      facts.mounts.map(({ path }) => path),
      "mount below the kubelet's directory",
      "mounts below the kubelet's directory",
    ),
    judgeList(facts, 'credentials', facts.credentialPaths, 'file with credentials', 'files with credentials'),
  ];
  return { isClean: items.every(({ verdict }) => verdict === 'ok') && kubeletUnits.length > 0, items };
};

const toItem = (name: string, verdict: CleanVerdict, message: string): CleanItem => ({ name, verdict, message });

const judgeKubeletUnit = ({ units }: HostFacts, name: string): CleanItem => {
  const unit = units.find((one) => one.name === name);
  if (unit === undefined) return toItem(name, 'unknown', `systemd did not say how ${name} stands.`);
  if (!isUnitThere(unit))
    return toItem(name, 'notOk', `There is no unit ${name}: the kubelet may run under another name.`);
  const isMasked = unit.loadState === 'masked' || unit.unitFileState === 'masked';
  return isUnitOff(unit) && isMasked
    ? toItem(name, 'ok', `${name} is off and masked.`)
    : toItem(name, 'notOk', `${name} is ${toUnitText(unit)}: it must be off and masked.`);
};

const judgePort = ({ kubeletPortIsOpen }: HostFacts): CleanItem => {
  const name = 'kubelet port';
  if (kubeletPortIsOpen === undefined) return toItem(name, 'unknown', 'Which ports are listened on could not be read.');
  return kubeletPortIsOpen
    ? toItem(name, 'notOk', 'Something still listens on port 10250.')
    : toItem(name, 'ok', 'Nothing listens on port 10250.');
};

const judgeRuntimeUnit = (facts: HostFacts, { name, excusedBy }: (typeof RUNTIME_UNITS)[number]): CleanItem => {
  const unit = facts.units.find((one) => one.name === name);
  if (unit === undefined) return toItem(name, 'unknown', `systemd did not say how ${name} stands.`);
  if (!isUnitThere(unit)) return toItem(name, 'ok', `There is no ${name}.`);
  if (isUnitOff(unit) && isUnitKeptOff(unit)) return toItem(name, 'ok', `${name} is off and does not start by itself.`);
  return judgeRunningRuntime(
    facts.runtimes.filter(({ kind }) => excusedBy.includes(kind)),
    unit,
  );
};

/** Containers that are not Kubernetes' are a reason to leave a runtime as it is; not knowing of any is none. */
const judgeRunningRuntime = (excusers: readonly HostRuntime[], unit: HostUnit): CleanItem => {
  const count = excusers.reduce((sum, { foreignContainerCount = 0 }) => sum + foreignContainerCount, 0);
  if (count > 0) {
    return toItem(unit.name, 'ok', `${unit.name} was left as it is for others' containers (${count}).`);
  }
  return excusers.some(({ foreignContainerCount }) => foreignContainerCount === undefined)
    ? toItem(
        unit.name,
        'unknown',
        `${unit.name} is ${toUnitText(unit)}, and it did not say whether it holds others' containers.`,
      )
    : toItem(unit.name, 'notOk', `${unit.name} is ${toUnitText(unit)}: it must be off and disabled.`);
};

const judgeCount = (name: string, count: number | undefined, one: string, many: string): CleanItem => {
  if (count === undefined) return toItem(name, 'unknown', `How many ${many} are left could not be read.`);
  return count === 0
    ? toItem(name, 'ok', `No ${one} is left.`)
    : toItem(name, 'notOk', `${count} ${count === 1 ? `${one} is` : `${many} are`} left.`);
};

const SHOWN = 5;

/** Without root's rights a look finds nothing, which says nothing. */
const judgeList = (
  facts: HostFacts,
  name: string,
  found: readonly string[],
  one: string,
  many = `${one}s`,
): CleanItem => {
  if (!facts.isRoot) return toItem(name, 'unknown', `What is left could not be read without root's rights.`);
  if (found.length === 0) return toItem(name, 'ok', `No ${one} is left.`);
  const shown = toShortList(found, SHOWN);
  return toItem(name, 'notOk', `${found.length} ${found.length === 1 ? `${one} is` : `${many} are`} left: ${shown}.`);
};
