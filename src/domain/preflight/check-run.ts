import { toMissingRightText, toRightText } from '../right-text.ts';
import type { AccessRight } from '../facts.ts';
import { toPodName } from '../pod-state.ts';
import type { PreflightFacts } from '../preflight-facts.ts';
import { toWorkloadLabel } from '../workload-index.ts';
import type { Observation } from './to-finding.ts';

/** What stands against this run itself: rights it lacks, our own worker in the way, things that could not be checked. */
export const checkRun = (facts: PreflightFacts): readonly Observation[] => [
  ...facts.missingRights.map(toMissingRight),
  ...ownWorkersOnNodes(facts),
  ...unreadableWorkloads(facts),
  ...facts.notChecked.map((what): Observation => ({
    code: 'NotChecked',
    subject: what,
    message: `not checked: ${what}`,
  })),
];

const toMissingRight = (right: AccessRight): Observation => ({
  code: 'MissingRights',
  subject: toRightText(right),
  message: toMissingRightText(right),
});

const unreadableWorkloads = ({ workloads }: PreflightFacts): readonly Observation[] =>
  Object.values(workloads)
    .filter((workload) => workload?.unreadable === true)
    .map((workload): Observation => {
      const subject = `${workload?.namespace ?? ''}/${toWorkloadLabel(workload ?? undefined)}`;
      return {
        code: 'NotChecked',
        subject,
        message: `not checked: how many replicas ${subject} wants, and it gets no budget: grant \`get\` on its kind and on its scale subresource`,
      };
    });

const ownWorkersOnNodes = ({ ownPods, pods, request }: PreflightFacts): readonly Observation[] =>
  pods
    .filter(({ nodeName }) => request.nodeNames.includes(nodeName))
    .filter((pod) => ownPods.some(({ namespace, name }) => namespace === pod.namespace && name === pod.name))
    .map((pod) => ({
      code: 'OwnWorkerOnNode',
      subject: toPodName(pod),
      nodeName: pod.nodeName,
      message: `our own worker ${toPodName(pod)} runs on node ${pod.nodeName} and would evict itself: move it to another node first`,
    }));
