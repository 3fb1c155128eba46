import type { Measurement, RowRecord, RunRecord } from '../record/benchmark-record.ts';
import { toSpread } from '../record/spread.ts';
import { countPods } from './bench-row.ts';
import { toRowFloor, type Tool } from './row-floor.ts';

export const GOAL_NAMES = ['drain', 'neverAboveKubectl', 'whole', 'requests', 'refusals', 'freedToAccepted'] as const;
export type GoalName = (typeof GOAL_NAMES)[number];

/** A goal of a row, with what was measured: the median of the runs. */
export interface JudgedGoal {
  readonly name: GoalName;
  readonly unit: 's' | 'requests' | '%' | 'ms';
  /** Absent: it depends on another measurement that does not exist. */
  readonly atMost?: number;
  readonly value?: number;
  /** `does not apply`: no budget became free while pods waited for it. */
  readonly verdict: 'met' | 'not met' | 'not measured' | 'does not apply';
}

const DRAIN_FACTOR = 1.1;
const DRAIN_EXTRA_SECONDS = 1;
const WHOLE_EXTRA_SECONDS = 3;
const REQUESTS_PER_POD = 1.1;
const REQUESTS_PER_WORKLOAD = 4;
const EXTRA_REQUESTS = 60;
const MAX_REFUSED_PERCENT = 10;
const MAX_FREED_TO_ACCEPTED_MILLISECONDS = 150;

/** The goals of this tool in a row, in the order of `GOAL_NAMES`. Pure. */
export const judgeRow = ({ row, runs }: RowRecord): readonly JudgedGoal[] => {
  const floor = toRowFloor(row, 'node-decommission');
  const ours = toMeasurements(runs, 'node-decommission');
  const toMedian = (toValue: (measurement: Measurement) => number | undefined): number | undefined =>
    toSpread(ours.flatMap((each) => toValue(each) ?? []))?.median;
  const workloads = row.workloads.filter(({ kind }) => kind !== 'Pod').length;
  const drain = toMedian(({ drainSeconds }) => drainSeconds);
  const hasBudget = row.workloads.some(({ budget }) => budget !== undefined);
  return [
    judge('drain', 's', DRAIN_FACTOR * floor.drainSeconds + DRAIN_EXTRA_SECONDS, drain),
    judge('neverAboveKubectl', 's', toSpread(toMeasurements(runs, 'kubectl').map(toDrain))?.median, drain),
    judge(
      'whole',
      's',
      DRAIN_FACTOR * floor.wholeSeconds + WHOLE_EXTRA_SECONDS,
      toMedian(({ wholeSeconds }) => wholeSeconds),
    ),
    judge(
      'requests',
      'requests',
      REQUESTS_PER_POD * countPods(row) + REQUESTS_PER_WORKLOAD * workloads + EXTRA_REQUESTS,
      toMedian(({ requests }) => toTotal(requests)),
    ),
    judge('refusals', '%', MAX_REFUSED_PERCENT, toMedian(toRefusedPercent)),
    judge(
      'freedToAccepted',
      'ms',
      MAX_FREED_TO_ACCEPTED_MILLISECONDS,
      toMedian(({ freedToAccepted }) => freedToAccepted?.median),
      hasBudget || ours.length === 0,
    ),
  ];
};

const judge = (
  name: GoalName,
  unit: JudgedGoal['unit'],
  atMost: number | undefined,
  value: number | undefined,
  applies = true,
): JudgedGoal => {
  const figures = { ...(atMost === undefined ? {} : { atMost }), ...(value === undefined ? {} : { value }) };
  if (!applies) return { name, unit, ...figures, verdict: 'does not apply' };
  if (atMost === undefined || value === undefined) return { name, unit, ...figures, verdict: 'not measured' };
  return { name, unit, ...figures, verdict: value <= atMost ? 'met' : 'not met' };
};

const toDrain = ({ drainSeconds }: Measurement): number => drainSeconds;

/** What was measured in the runs of a tool that did not fail. Pure. */
export const toMeasurements = (runs: readonly RunRecord[], tool: Tool): readonly Measurement[] =>
  runs.flatMap((run) => (run.tool === tool && run.outcome === 'measured' ? [run.measurement] : []));

/** All requests. Pure. */
export const toTotal = (requests: Readonly<Record<string, number>>): number =>
  Object.values(requests).reduce((sum, each) => sum + each, 0);

/** Refused evictions in percent of the accepted ones. Pure. */
export const toRefusedPercent = ({ refusedEvictions, acceptedEvictions }: Measurement): number =>
  acceptedEvictions === 0 ? 0 : (100 * refusedEvictions) / acceptedEvictions;
