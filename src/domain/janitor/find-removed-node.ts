import { judgeHostClean } from '../host/clean.ts';
import type { HostFacts } from '../host/facts.ts';
import { HOST_STAGES, type HostStage, type StageState } from '../host/stage.ts';
import { isUnitKeptOff, isUnitOff } from '../host/units.ts';
import { describePointOfNoReturn, type PointOfNoReturn } from '../run/point-of-no-return.ts';
import { toShortList } from '../text/counts.ts';
import { joinSentences, withoutFullStop } from '../text/join-sentences.ts';
import { toOperationFolder } from './find-host-leftovers.ts';
import type { Leftover } from './leftover.ts';

/** What Temporal has of the newest workflow of a node. */
export type RunOfNode =
  | { readonly kind: 'running' }
  /** Closed with its report, which lists what stays. */
  | { readonly kind: 'reported' }
  /** Closed without one: terminated or timed out. */
  | {
      readonly kind: 'stopped';
      readonly workflowId: string;
      readonly temporalNamespace: string;
      /** Absent: it is not a child of a task. */
      readonly taskId?: string;
      /** Absent: it began nothing that cannot be undone. */
      readonly point?: PointOfNoReturn;
    }
  /** It never ran here, or its history is deleted. */
  | { readonly kind: 'absent' }
  /** Temporal did not answer. */
  | { readonly kind: 'unknown' };

/** What was read of the host that the configuration has for the name. */
export type HostOfName =
  | {
      readonly kind: 'read';
      readonly facts: HostFacts;
      readonly kubeletUnits: readonly string[];
      /** Of the operation that the marker names; absent: there is no marker of this node. */
      readonly stages?: Readonly<Record<HostStage, StageState>>;
    }
  | {
      readonly kind: 'notRead';
      /** Why, as a phrase. */
      readonly why: string;
    };

export interface RemovedNode {
  readonly nodeName: string;
  readonly run: RunOfNode;
  readonly host: HostOfName;
}

export type RemovedNodeJudgement =
  | { readonly kind: 'unfinished'; readonly leftover: Leftover }
  /** A run of the node is known, and left nothing unfinished. */
  | { readonly kind: 'finished' }
  /** Nothing shows that a node of that name ever was decommissioned. `why`: as a clause. */
  | { readonly kind: 'unknownNode'; readonly why: string };

/** What a run began and did not finish on the host of a node whose Node is deleted, and what completes it. Pure. */
export const judgeRemovedNode = (removed: RemovedNode): RemovedNodeJudgement => {
  const { nodeName, run, host } = removed;
  const isMarked = readOperationId(nodeName, host) !== undefined;
  switch (run.kind) {
    case 'running':
    case 'reported':
      return { kind: 'finished' };
    case 'stopped':
      if (run.point === undefined && !isMarked) return { kind: 'finished' };
      return { kind: 'unfinished', leftover: toStopped(removed, run) };
    case 'absent':
    case 'unknown':
      return isMarked ? judgeMarked(removed, run.kind) : { kind: 'unknownNode', why: toUnknownText(host) };
  }
};

const judgeMarked = (removed: RemovedNode, run: 'absent' | 'unknown'): RemovedNodeJudgement =>
  isInService(removed.host) || isDone(removed.host)
    ? { kind: 'finished' }
    : { kind: 'unfinished', leftover: toManual(removed, run) };

/** Of the operation on this node whose record the host has. Undefined: there is none, or another machine wrote it. Pure. */
export const readOperationId = (nodeName: string, host: HostOfName): string | undefined => {
  if (host.kind === 'notRead') return undefined;
  const { marker, machineID } = host.facts;
  return marker?.nodeName === nodeName && marker.machineID.toLowerCase() === machineID.toLowerCase()
    ? marker.operationId
    : undefined;
};

const toUnknownText = (host: HostOfName): string =>
  host.kind === 'notRead'
    ? `no workflow of it was found, and the host was not read: ${withoutFullStop(host.why)}`
    : 'neither a workflow nor the host has a record of its decommission';

const toStopped = (removed: RemovedNode, run: RunOfNode & { readonly kind: 'stopped' }): Leftover => ({
  ...toNaming(removed, run.point),
  task: 'closed',
  workflowId: run.workflowId,
  ...(run.taskId === undefined ? {} : { taskId: run.taskId }),
  ...(isInService(removed.host)
    ? { caution: 'the kubelet of this host runs: make sure first that the machine is not in use for another purpose.' }
    : {}),
  stays:
    'the workflow of the node was terminated or timed out, and without a Node the same request is refused. The command resets that ' +
    'workflow: it continues from its last task, proves the host again, and completes what is left.',
  commands: [
    `temporal workflow reset --namespace ${run.temporalNamespace} --workflow-id ${run.workflowId} --type LastWorkflowTask --reason "terminated by mistake"`,
  ],
});

const NO_WORKFLOW = {
  absent:
    'the workflow of the node is not in this Temporal namespace (another one, or its history is deleted). If another one has it, reset it there.',
  unknown:
    'Temporal did not answer: run this command again once it does, because the workflow of the node completes what is left.',
};

const toManual = (removed: RemovedNode, run: 'absent' | 'unknown'): Leftover => ({
  ...toNaming(removed, undefined),
  task: 'unknown',
  stays: joinSentences(
    NO_WORKFLOW[run],
    'Without its workflow no host is cleaned, because the plan that proves it is lost: on the host, inspect the folder, remove manually what ' +
      'the failed checks name, then remove the folder.',
  ),
  commands: [],
});

const toNaming = (
  { nodeName, host }: RemovedNode,
  point: PointOfNoReturn | undefined,
): Pick<Leftover, 'kind' | 'object' | 'what' | 'target'> => ({
  kind: 'host',
  object: `Host of node ${nodeName}`,
  what: [
    'its Node is deleted',
    ...(point === undefined ? [] : [describePointOfNoReturn(point)]),
    ...describeHost(nodeName, host),
  ].join('; '),
  target: { kind: 'Host', nodeName },
});

const describeHost = (nodeName: string, host: HostOfName): readonly string[] => {
  if (host.kind === 'notRead') return ['its host was not read'];
  const operationId = readOperationId(nodeName, host);
  const { stages } = host;
  return [
    operationId === undefined ? 'no stage has a record on its host' : `folder ${toOperationFolder(operationId)}`,
    ...(stages === undefined ? [] : HOST_STAGES.map((stage) => describeStage(stage, stages[stage]))),
    describeChecks(host),
  ];
};

const describeStage = (stage: HostStage, state: StageState): string => {
  switch (state.kind) {
    case 'NotStarted':
      return `${stage} has not begun`;
    case 'Running':
      return `${stage} still runs`;
    case 'Lost':
      return `${stage} has no result (${state.message})`;
    case 'Ended':
      return state.isOk ? `${stage} has ended` : `${stage} failed`;
  }
};

const MAX_CHECKS = 5;

const readFailedChecks = ({ facts, kubeletUnits }: HostOfName & { readonly kind: 'read' }): readonly string[] =>
  judgeHostClean(facts, { kubeletUnits }).items.flatMap(({ verdict, message }) => (verdict === 'ok' ? [] : [message]));

const describeChecks = (host: HostOfName & { readonly kind: 'read' }): string => {
  const failed = readFailedChecks(host);
  if (failed.length === 0) return 'all checks of the host pass';
  return `failed checks: ${toShortList(failed.map(withoutFullStop), MAX_CHECKS)}`;
};

/** The kubelet was started again, e.g. in another cluster. */
const isInService = (host: HostOfName): boolean =>
  host.kind === 'read' &&
  host.facts.units.some((unit) => host.kubeletUnits.includes(unit.name) && !(isUnitOff(unit) && isUnitKeptOff(unit)));

const isDone = (host: HostOfName): boolean => {
  if (host.kind === 'notRead') return false;
  const cleaned = host.stages?.cleanHost;
  return cleaned?.kind === 'Ended' && cleaned.isOk && readFailedChecks(host).length === 0;
};
