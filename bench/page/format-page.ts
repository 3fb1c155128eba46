import type { BenchmarkRecord, Environment } from '../record/benchmark-record.ts';
import type { BenchRow } from '../rows/bench-row.ts';
import type { Section } from '../scale/sections.ts';
import {
  formatBudgets,
  formatClients,
  formatDefinitions,
  formatDrainTimes,
  formatGoals,
  formatLeastRequests,
  formatRequests,
  formatRuns,
  formatWholeTimes,
} from './format-rows.ts';
import { formatSections } from './format-sections.ts';

const INTRODUCTION = `# Benchmarks

\`kubectl drain\` and node-decommission drain nodes that are alike, in turn, on one local stack: real etcd, API server, scheduler and controllers,
KWOK in place of the kubelets, Temporal's dev server. \`npm run bench\` measures everything, adds it to \`docs/benchmarks.json\`, and writes this page
from that file; \`npm run bench -- --rows 50-pods,10-pods-one --repetitions 3\` measures some rows again, and \`npm run bench -- --page\` only
writes the page.

Every drain has a new node, namespace and workloads, and finds nothing else in the cluster: they are removed before the next one is prepared. The
tool that starts alternates. One small drain by each tool comes first and does not count. The conditions are those of \`kubectl drain\`:

\`\`\`sh
kubectl drain NODE --ignore-daemonsets --delete-emptydir-data --force
\`\`\`

and, with a worker that already runs with its default configuration and the memory limits of its image, \`start -f request.json --wait --yes -o json\` of this tool, with
\`hostCleanup: skip\`, \`deleteNode: false\`, \`waitForReplacements: false\`, \`replicaSets: []\` and \`maxUnavailable: 100%\` (no budget of the task and no
limit for workloads without one), \`force\` and \`deleteEmptyDirData\`. Preflight, with the trial of all placements, is part of it; kubectl has
nothing like it.
`;

const FLOORS = `The **floor** is what no tool can beat: the termination of the pods, and as many rounds as their budget requires.

- A workload without a budget: \`termination\`.
- A workload with a budget: \`(⌈pods ÷ allowed⌉ − 1) × round + termination\`. \`allowed\` is what the budget allows at once; the disruption controller
  rounds percentages up. \`round\` is the readiness time for a Deployment, which replaces a pod as soon as it terminates, and termination plus
  readiness for a StatefulSet, which waits until it is gone.
- A node: the longest of its workloads.

Waits that node-decommission makes on purpose, with the names of [The drain in depth](drain.md#waits), are part of its floor:

- \`emptyTwiceSeconds\`, 5 s: two reads find the node empty. Only in the whole command.
- \`settleSeconds\`, 5 s from the first eviction: ends earlier than \`emptyTwiceSeconds\` does.
- \`system-critical pods last\`: they are evicted when the others are gone, so their floor is added.

The controllers, the scheduler, the simulated kubelets and both tools share the processors of one machine, so a pod takes longer than its nominal
times. The column _floor with the times of this cluster_ has the same formula with the medians that a watch of the benchmark saw in the drains
of node-decommission: the time from the deletion to the removal of a pod, and from an accepted eviction until the budget allows the next one. The
goals are judged by the nominal floor.
`;

const METHOD = `- Cells have the median of the runs, and their range if there are several.
- _First eviction to last pod gone_: from the first request for an eviction in the audit log to the last removal that a watch of the benchmark sees.
- _Requests_: those with the user agent of the tool in the audit log, from the command to its end. A watch is one request.
- _Refused_: answers with status 429, in percent of the accepted evictions.
- _Freed to accepted_: from a change of a PodDisruptionBudget that allows another eviction to the change that records the eviction in its place, the
  oldest first, both as a watch of the benchmark sees them; the median of a drain.
- _CPU_: of kubectl and of the command, from the kernel when they end; of the worker, from \`/proc\` before and after. _Memory_: the most that was
  resident, read twenty times a second, in MB (10⁶ bytes). One worker serves all rows.
- _Evictions/s_: accepted evictions, divided by the time from the first request to the last acceptance.
`;

/** The page, without its final format. Rows appear in the order of the table; a row that was never measured is listed as such. Pure. */
export const formatPage = (
  rows: readonly BenchRow[],
  sections: readonly Section[],
  { rows: records, sections: sectionRecords, notes }: BenchmarkRecord,
): string => {
  const order = rows.map(({ name }) => name);
  const toPlace = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  const sorted = records.toSorted((one, other) => toPlace(one.row.name) - toPlace(other.row.name));
  const defined = [...sorted.map(({ row }) => row), ...rows.filter(({ name }) => !isRecorded(name, sorted))];
  return [
    INTRODUCTION,
    `## Machine\n\n${formatEnvironments([...records, ...sectionRecords].map(({ environment }) => environment))}`,
    `## Goals\n\n${formatGoals(sorted)}`,
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join('\n')]),
    `## Rows and their floors\n\n${FLOORS}\n${formatDefinitions(defined)}`,
    `## From the first eviction to the last pod gone\n\n${formatDrainTimes(sorted)}`,
    `## From the command to its end\n\n${formatWholeTimes(sorted)}`,
    `## Requests to the API server\n\n${formatRequests(sorted)}\n\n${formatLeastRequests(sorted)}`,
    `## Budgets\n\n${formatBudgets(sorted)}`,
    `## What the client uses\n\n${formatClients(sorted)}`,
    `## Large clusters\n\n${formatSections(sections, sectionRecords)}`,
    `## How it is measured\n\n${METHOD}`,
    `## When it was measured\n\n${formatRuns(rows, sorted)}`,
  ].join('\n\n');
};

const isRecorded = (name: string, records: BenchmarkRecord['rows']): boolean =>
  records.some(({ row }) => row.name === name);

/** Each machine with its programs once. */
const formatEnvironments = (environments: readonly Environment[]): string => {
  const lines = environments.map(
    ({ cores, processor, memoryGigabytes, versions }) =>
      `${cores} cores (${processor}), ${memoryGigabytes} GB of memory; ${Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ')}.`,
  );
  const distinct = [...new Set(lines)];
  if (distinct.length <= 1) return distinct[0] ?? 'Nothing is measured yet.';
  return distinct.map((line) => `- ${line}`).join('\n');
};
