import type { Measurement, RowRecord } from '../record/benchmark-record.ts';
import { toSpread } from '../record/spread.ts';
import type { BenchRow, RowWorkload } from '../rows/bench-row.ts';
import {
  judgeRow,
  toMeasurements,
  toRefusedPercent,
  toTotal,
  type GoalName,
  type JudgedGoal,
} from '../rows/judge-row.ts';
import { describeWorkloadFloor, toRowFloor, TOOLS, type Tool } from '../rows/row-floor.ts';
import { toNumber, toSpreadText, toTable } from './markdown.ts';

/** What is on the node of each row, and the floor of each workload. Pure. */
export const formatDefinitions = (rows: readonly BenchRow[]): string =>
  toTable(
    ['row', 'workload', 'pods', 'termination', 'budget', 'replacement Ready after', 'floor'],
    rows.flatMap(({ name, workloads, daemonSetPods }) => [
      ...workloads.map((workload, index) => [index === 0 ? `\`${name}\`` : '', ...toDefinition(workload)]),
      ...(daemonSetPods === undefined
        ? []
        : [['', 'DaemonSets', String(daemonSetPods), 'stay on the node', '–', '–', '–']]),
    ]),
  );

const toDefinition = (workload: RowWorkload): readonly string[] => {
  const { kind, name, pods, terminationSeconds, budget, readySeconds, isSystemCritical, hasEmptyDir } = workload;
  const marks = [
    ...(isSystemCritical === true ? ['system-critical'] : []),
    ...(hasEmptyDir === true ? ['emptyDir'] : []),
  ];
  return [
    [kind === 'Pod' ? 'unmanaged pods' : `${kind} \`${name}\``, ...marks].join(', '),
    String(pods),
    `${terminationSeconds} s`,
    String(budget ?? 'none'),
    kind === 'Pod' ? 'not replaced' : `${readySeconds} s`,
    describeWorkloadFloor(workload),
  ];
};

/** From the first eviction to the last pod gone. Pure. */
export const formatDrainTimes = (records: readonly RowRecord[]): string =>
  toTable(
    ['row', ...TOOLS, 'floor', 'floor with the times of this cluster', 'goal', '', 'goal: kubectl', ''],
    records.map((record) => [
      toName(record),
      ...toBothTools(record, ({ drainSeconds }) => drainSeconds, 's'),
      `${toNumber(toRowFloor(record.row, 'node-decommission').drainSeconds)} s`,
      toObservedFloor(record),
      ...toGoal(record, 'drain'),
      ...toGoal(record, 'neverAboveKubectl'),
    ]),
  );

/** The floor from the medians that the benchmark's own watch saw in the drains of this tool. */
const toObservedFloor = ({ row, runs }: RowRecord): string =>
  toSpreadText(
    toSpread(
      toMeasurements(runs, 'node-decommission').map(
        ({ observed }) => toRowFloor(row, 'node-decommission', observed).drainSeconds,
      ),
    ),
    's',
  );

/** From the command to its end, with the parts before the first eviction and after the last pod. Pure. */
export const formatWholeTimes = (records: readonly RowRecord[]): string =>
  toTable(
    ['row', ...TOOLS, 'of these before the first eviction', 'and after the last pod', 'floor', 'goal', ''],
    records.map((record) => [
      toName(record),
      ...toBothTools(record, ({ wholeSeconds }) => wholeSeconds, 's'),
      toSpreadOf(record, 'node-decommission', ({ beforeSeconds }) => beforeSeconds, 's'),
      toSpreadOf(record, 'node-decommission', ({ afterSeconds }) => afterSeconds, 's'),
      toWholeFloor(record.row),
      ...toGoal(record, 'whole'),
    ]),
  );

const toWholeFloor = (row: BenchRow): string => {
  const { drainSeconds, wholeSeconds, waits } = toRowFloor(row, 'node-decommission');
  const inDrain = waits.filter(({ name }) => name !== 'emptyTwiceSeconds').map(({ name }) => name);
  const named = inDrain.length === 0 ? '' : `, of these \`${inDrain.join(', ')}\``;
  return `${toNumber(wholeSeconds)} s = ${toNumber(drainSeconds)} s${named} + \`emptyTwiceSeconds\``;
};

/** Requests to the API server by verb. Pure. */
export const formatRequests = (records: readonly RowRecord[]): string =>
  toTable(
    ['row', ...TOOLS, 'goal', '', 'kubectl by verb', 'node-decommission by verb'],
    records.map((record) => [
      toName(record),
      ...toBothTools(record, ({ requests }) => toTotal(requests), ''),
      ...toGoal(record, 'requests'),
      ...TOOLS.map((tool) => toVerbs(toMeasurements(record.runs, tool))),
    ]),
  );

const toVerbs = (measurements: readonly Measurement[]): string => {
  const byVerb = new Map<string, number>();
  for (const [kind, count] of Object.entries(toMiddle(measurements))) {
    const [verb = ''] = kind.split(' ');
    byVerb.set(verb, (byVerb.get(verb) ?? 0) + count);
  }
  return byVerb.size === 0 ? '–' : [...byVerb].map(([verb, count]) => `${verb} ${count}`).join(', ');
};

/** Of the run in the middle. */
const toMiddle = (measurements: readonly Measurement[]): Readonly<Record<string, number>> => {
  const sorted = measurements.toSorted((one, other) => toTotal(one.requests) - toTotal(other.requests));
  return sorted[Math.floor((sorted.length - 1) / 2)]?.requests ?? {};
};

/** The requests of the row with the fewest, by verb and resource: those that do not grow with the pods. Pure. */
export const formatLeastRequests = (records: readonly RowRecord[]): string => {
  const [least] = records
    .map(({ row, runs }) => ({ name: row.name, requests: toMiddle(toMeasurements(runs, 'node-decommission')) }))
    .filter(({ requests }) => toTotal(requests) > 0)
    .sort((one, other) => toTotal(one.requests) - toTotal(other.requests));
  if (least === undefined) return '';
  const kinds = Object.entries(least.requests)
    .toSorted(([, one], [, other]) => other - one)
    .map(([kind, count]) => `${kind} ${count}`);
  return `Those of node-decommission in the row \`${least.name}\`: ${kinds.join(', ')}.`;
};

/** Refused evictions, and how fast a budget that has become free is used. Pure. */
export const formatBudgets = (records: readonly RowRecord[]): string =>
  toTable(
    [
      'row',
      ...TOOLS.map((tool) => `refused, ${tool}`),
      'goal',
      '',
      ...TOOLS.map((tool) => `freed to accepted, ${tool}`),
      'goal',
      '',
    ],
    records.map((record) => [
      toName(record),
      ...toBothTools(record, toRefusedPercent, '%'),
      ...toGoal(record, 'refusals'),
      ...toBothTools(record, ({ freedToAccepted }) => freedToAccepted?.median, 'ms'),
      ...toGoal(record, 'freedToAccepted'),
    ]),
  );

/** Processor time and memory of the client, and how fast it evicts. Pure. */
export const formatClients = (records: readonly RowRecord[]): string =>
  toTable(
    [
      'row',
      'CPU, kubectl',
      'CPU, worker',
      'CPU, command',
      'memory, kubectl',
      'memory, worker',
      'memory, command',
      ...TOOLS.map((tool) => `evictions/s, ${tool}`),
    ],
    records.map((record) => [
      toName(record),
      ...PROCESSES.map(([tool, name]) => toSpreadOf(record, tool, toUse(name, 'cpuSeconds'), 's')),
      ...PROCESSES.map(([tool, name]) => toSpreadOf(record, tool, toUse(name, 'peakMegabytes'), 'MB')),
      ...toBothTools(record, ({ evictionsPerSecond }) => evictionsPerSecond, ''),
    ]),
  );

const PROCESSES: readonly (readonly [Tool, string])[] = [
  ['kubectl', 'kubectl'],
  ['node-decommission', 'worker'],
  ['node-decommission', 'command'],
];

const toUse =
  (name: string, key: 'cpuSeconds' | 'peakMegabytes') =>
  ({ processes }: Measurement): number | undefined =>
    processes.find((each) => each.name === name)?.[key];

/** When each row was measured, with which commit, how often, and what failed. Pure. */
export const formatRuns = (rows: readonly BenchRow[], records: readonly RowRecord[]): string => {
  const names = [...new Set([...rows, ...records.map(({ row }) => row)].map(({ name }) => name))];
  return toTable(
    ['row', 'measured', 'commit', ...TOOLS.map((tool) => `runs, ${tool}`), 'failed'],
    names.map((name) => {
      const record = records.find(({ row }) => row.name === name);
      if (record === undefined) return [`\`${name}\``, 'never', '–', '0', '0', '–'];
      const { environment, runs } = record;
      const failures = runs.flatMap((run) => (run.outcome === 'failed' ? [`${run.tool}: ${run.reason}`] : []));
      const current = rows.find((row) => row.name === name);
      const isOther = current === undefined || JSON.stringify(current) !== JSON.stringify(record.row);
      return [
        `\`${name}\`${isOther ? ' (as it was defined then)' : ''}`,
        environment.startedAt.slice(0, 16).replace('T', ' '),
        `\`${environment.commit}\``,
        ...TOOLS.map((tool) => String(toMeasurements(runs, tool).length)),
        failures.length === 0 ? '–' : failures.join('; '),
      ];
    }),
  );
};

const GOAL_TEXTS: Readonly<Record<GoalName, string>> = {
  drain: 'first eviction to last pod gone: at most 1.1 × floor + 1 s',
  neverAboveKubectl: 'first eviction to last pod gone: never above kubectl',
  whole: 'the whole command: at most 1.1 × floor + 3 s',
  requests: 'requests: at most 1.1 × pods + 4 × workloads + 60',
  refusals: 'refused evictions: at most 10 % of the accepted ones',
  freedToAccepted: 'freed budget to accepted eviction: at most 150 ms, median',
};

/** Each goal with the rows that meet it, and those that do not. Pure. */
export const formatGoals = (records: readonly RowRecord[]): string => {
  const judged = records.flatMap((record) => judgeRow(record).map((goal) => ({ goal, name: record.row.name })));
  return toTable(
    ['goal', 'met', 'not met', 'not measured'],
    (Object.keys(GOAL_TEXTS) as GoalName[]).map((name) => {
      const own = judged.filter(({ goal }) => goal.name === name);
      const of = (verdict: JudgedGoal['verdict']): typeof own => own.filter(({ goal }) => goal.verdict === verdict);
      const applies = own.length - of('does not apply').length;
      const missed = of('not met').map(
        (each) =>
          `\`${each.name}\` (${toNumber(each.goal.value ?? NaN)} ${each.goal.unit}, goal ${toNumber(each.goal.atMost ?? NaN)})`,
      );
      const unmeasured = of('not measured').map((each) => `\`${each.name}\``);
      return [
        GOAL_TEXTS[name],
        `${of('met').length} of ${applies}`,
        missed.length === 0 ? '–' : missed.join(', '),
        unmeasured.length === 0 ? '–' : unmeasured.join(', '),
      ];
    }),
  );
};

const toName = ({ row }: RowRecord): string => `\`${row.name}\``;

const toGoal = (record: RowRecord, name: GoalName): readonly [string, string] => {
  const goal = judgeRow(record).find((each) => each.name === name);
  if (goal === undefined || goal.verdict === 'does not apply') return ['–', '–'];
  const limit =
    goal.atMost === undefined ? '–' : `≤ ${toNumber(goal.atMost)} ${goal.unit === 'requests' ? '' : goal.unit}`;
  return [limit.trim(), goal.verdict === 'not met' ? '**not met**' : goal.verdict];
};

const toBothTools = (
  record: RowRecord,
  toValue: (measurement: Measurement) => number | undefined,
  unit: string,
): readonly string[] => TOOLS.map((tool) => toSpreadOf(record, tool, toValue, unit));

/** `failed`: there were runs, and all of them failed. */
const toSpreadOf = (
  { runs }: RowRecord,
  tool: Tool,
  toValue: (measurement: Measurement) => number | undefined,
  unit: string,
): string => {
  const own = runs.filter((run) => run.tool === tool);
  if (own.length > 0 && own.every(({ outcome }) => outcome === 'failed')) return 'failed';
  return toSpreadText(toSpread(toMeasurements(runs, tool).flatMap((each) => toValue(each) ?? [])), unit);
};
