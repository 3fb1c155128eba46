import type { DecommissionReport, NodeReport } from '../domain/run/report.ts';
import { joinSteps } from './join-steps.ts';

/**
 * Adds the reports of the nodes' own workflows, by node name, to the report of their task: the task keeps no pods, since the server
 * terminates a workflow whose result is above 2 MB. Pure.
 */
export const joinReport = (task: DecommissionReport, nodes: ReadonlyMap<string, NodeReport>): DecommissionReport => ({
  ...task,
  nodes: task.nodes.map((node) => joinNode(node, nodes.get(node.nodeName))),
});

const joinNode = (node: NodeReport, own: NodeReport | undefined): NodeReport => {
  if (own === undefined) return node;
  return {
    ...node,
    steps: joinSteps(node.steps, own.steps),
    pods: node.pods.length > 0 ? node.pods : own.pods,
    undo: node.undo.length > 0 ? node.undo : own.undo,
    notes: [...new Set([...node.notes, ...own.notes])],
    ...(own.host && { host: own.host }),
    ...(own.machine && { machine: own.machine }),
    ...(own.remaining && { remaining: own.remaining }),
    ...(own.steering && { steering: own.steering }),
  };
};
