import { toShortList } from '../text/counts.ts';
import type { HostFacts, HostRuntime, HostRuntimeUnit, HostUnit } from './facts.ts';
import type { PreviewKind } from './preview.ts';
import { isUnitKeptOff, isUnitOff, isUnitThere, toUnitText } from './units.ts';

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
    ...judgeRuntime(facts),
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
      'shim of a container of this node',
      'shims of containers of this node',
    ),
    judgeList(facts, 'pod processes', facts.busyPodCgroups, 'pod cgroup with processes', 'pod cgroups with processes'),
    judgeList(
      facts,
      'mounts',
      facts.mounts.map(({ path }) => path),
      'mount below the kubelet directory',
      'mounts below the kubelet directory',
    ),
    judgeList(facts, 'kube-proxy', facts.runningProxies, 'unit of kube-proxy', 'units of kube-proxy'),
    judgeList(facts, 'credentials', facts.credentialPaths, 'credential file', 'credential files'),
    ...judgeKept(facts),
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

const judgeRuntime = ({ units, runtime }: HostFacts): readonly CleanItem[] =>
  runtime === undefined
    ? [toItem('container runtime', 'unknown', "The container runtime that the host's kubelet used is unknown.")]
    : runtime.units.map((part) => judgeRuntimeUnit(units, runtime, part));

const judgeRuntimeUnit = (
  units: readonly HostUnit[],
  { usedBy }: HostRuntime,
  { name, isShared }: HostRuntimeUnit,
): CleanItem => {
  const unit = units.find((one) => one.name === name);
  if (unit === undefined) return toItem(name, 'unknown', `systemd did not report the state of ${name}.`);
  if (!isUnitThere(unit)) return toItem(name, 'ok', `Unit ${name} does not exist.`);
  if (isUnitOff(unit) && isUnitKeptOff(unit))
    return toItem(name, 'ok', `${name} is stopped and does not start at boot.`);
  if (!isShared || usedBy?.length === 0)
    return toItem(name, 'notOk', `${name} is ${toUnitText(unit)}: it must be stopped and disabled.`);
  return usedBy === undefined
    ? toItem(name, 'unknown', `${name} is ${toUnitText(unit)}, and it did not report what else uses it.`)
    : toItem(name, 'ok', `${name} was left unchanged, because it is in use by ${toShortList(usedBy, MAXIMUM_LISTED)}.`);
};

/** What the kubelet did not use, and was therefore left: listed, but no reason to call the host unclean. */
const judgeKept = ({ layout }: HostFacts): readonly CleanItem[] =>
  KEPT.flatMap(({ name, kinds, text }) => {
    const kept = layout.preview.kept.filter(({ kind }) => kinds.includes(kind));
    const names = toShortList([...new Set(kept.map((item) => item.name))], MAXIMUM_LISTED);
    return kept.length === 0 ? [] : [toItem(name, 'ok', `${text} were left unchanged: ${names}.`)];
  });

const KEPT: readonly { readonly name: string; readonly kinds: readonly PreviewKind[]; readonly text: string }[] = [
  { name: 'other runtimes', kinds: ['runtime'], text: 'Container runtimes that the kubelet did not use' },
  { name: 'other containers', kinds: ['container', 'process'], text: 'Processes of containers of others' },
];

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
