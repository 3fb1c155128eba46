import type { NodeReport } from './report.ts';

/** The report of one node in what its workflow left as it closed: a node report or a task report. Any client can write it. Pure. */
export const findNodeReport = (nodeName: string, left: unknown): NodeReport | undefined => {
  if (typeof left !== 'object' || left === null) return undefined;
  const candidates: readonly unknown[] = 'nodes' in left && Array.isArray(left.nodes) ? left.nodes : [left];
  return candidates.find((candidate) => isNodeReport(candidate, nodeName)) as NodeReport | undefined;
};

const isNodeReport = (value: unknown, nodeName: string): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'nodeName' in value &&
  value.nodeName === nodeName &&
  'pods' in value &&
  'steps' in value;
