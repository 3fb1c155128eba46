import type { Measurement } from '../record/benchmark-record.ts';
import { countPods, type BenchRow } from '../rows/bench-row.ts';
import type { Tool } from '../rows/row-floor.ts';
import type { EndedCommand, RunDrainCommand } from './drain-command.ts';
import { measureKubectl } from './measure-kubectl.ts';
import { measureOurs } from './measure-ours.ts';
import { observeDrain, type DrainObservation } from './observe-drain.ts';
import { clearRow, prepareRow } from './prepare-row.ts';
import type { BenchStack } from './start-bench-stack.ts';
import { summarizeRequests, type RequestSummary } from './summarize-requests.ts';

const COMMANDS: Readonly<Record<Tool, { readonly run: RunDrainCommand; readonly userAgent: string }>> = {
  kubectl: { run: measureKubectl, userAgent: 'kubectl/' },
  'node-decommission': { run: measureOurs, userAgent: 'node-decommission/' },
};

/**
 * Prepares a node, drains it with the tool, and removes everything.
 * @param name of the node; new for each drain
 * @throws Error when the node cannot be prepared, or when the command fails, or does not end in time.
 */
export const measureDrain = async (
  bench: BenchStack,
  row: BenchRow,
  tool: Tool,
  name: string,
  timeoutMilliseconds: number,
): Promise<Measurement> => {
  const { stack } = bench;
  const { run, userAgent } = COMMANDS[tool];
  const node = await prepareRow(stack, row, name);
  const observer = await observeDrain(stack, node.namespace, node.nodeName);
  try {
    const mark = stack.markAudit();
    const command = await run(bench, node, timeoutMilliseconds);
    const requests = summarizeRequests(stack.auditEvents(mark), userAgent);
    return toMeasurement(row, command, requests, await observer.finish());
  } finally {
    observer.stop();
    await clearRow(stack, node);
  }
};

/** Pure. @throws Error when not every pod was evicted by this tool: then the figures are those of something else. */
export const toMeasurement = (
  row: BenchRow,
  { startedAt, endedAt, processes }: EndedCommand,
  requests: RequestSummary,
  { lastGoneAt, freedToAccepted, observed }: DrainObservation,
): Measurement => {
  const { acceptedEvictions, refusedEvictions, byKind, firstEvictionAt, lastAcceptedAt } = requests;
  if (acceptedEvictions !== countPods(row) || firstEvictionAt === undefined || lastAcceptedAt === undefined) {
    throw new Error(`${acceptedEvictions} evictions were accepted, but the node had ${countPods(row)} pods to evict.`);
  }
  return {
    wholeSeconds: (endedAt - startedAt) / 1000,
    drainSeconds: (lastGoneAt - firstEvictionAt) / 1000,
    beforeSeconds: (firstEvictionAt - startedAt) / 1000,
    afterSeconds: (endedAt - lastGoneAt) / 1000,
    requests: byKind,
    acceptedEvictions,
    refusedEvictions,
    evictionsPerSecond: (1000 * acceptedEvictions) / Math.max(1, lastAcceptedAt - firstEvictionAt),
    ...(freedToAccepted === undefined ? {} : { freedToAccepted }),
    processes,
    observed,
  };
};
