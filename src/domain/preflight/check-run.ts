import { toMissingRightText, toRightText } from '../cluster/rights.ts';
import type { AccessRight } from '../cluster/facts.ts';
import { toPodName } from '../cluster/pod-state.ts';
import type { PreflightFacts } from './facts.ts';
import { toGrantAdvice, toWorkloadLabel } from '../cluster/workload-index.ts';
import type { Observation } from './findings.ts';

/** Findings about the run itself: missing permissions, a worker of this program on the nodes, checks that were not possible. */
export const checkRun = (facts: PreflightFacts): readonly Observation[] => [
  ...facts.missingRights.map(toMissingRight),
  ...ownWorkersOnNodes(facts),
  ...unknownOwnWorker(facts),
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

const unreadableWorkloads = ({ workloads }: PreflightFacts): readonly Observation[] => {
  const known = Object.values(workloads).filter((workload) => workload !== null);
  return known
    .filter(({ unreadable }) => unreadable === true)
    .map((workload): Observation => {
      const subject = `${workload.namespace}/${toWorkloadLabel(workload)}`;
      const consequence = known.some(({ controller }) => controller?.uid === workload.uid)
        ? 'so each of its ReplicaSets is evaluated and protected separately'
        : 'so it gets no budget';
      return {
        code: 'NotChecked',
        subject,
        message: `not checked: the replica count of ${subject}, ${consequence}: ${toGrantAdvice(workload)}`,
      };
    });
};

const ownWorkersOnNodes = ({ ownPods, pods, request }: PreflightFacts): readonly Observation[] =>
  pods
    .filter(({ nodeName }) => request.nodeNames.includes(nodeName))
    .filter((pod) => ownPods.some(({ namespace, name }) => namespace === pod.namespace && name === pod.name))
    .map((pod) => ({
      code: 'OwnWorkerOnNode',
      subject: toPodName(pod),
      nodeName: pod.nodeName,
      message: `pod ${toPodName(pod)} runs this worker on node ${pod.nodeName} and would be evicted by its own run: move it to another node first`,
    }));

/** A warning only: a worker that evicts itself is replaced, and the next worker continues the run. */
const unknownOwnWorker = ({ isOwnPodUnknown }: PreflightFacts): readonly Observation[] =>
  isOwnPodUnknown === true
    ? [
        {
          code: 'NotChecked',
          subject: 'own worker',
          asSeverity: 'warning',
          message:
            'not checked: whether this worker runs on one of the nodes: set POD_NAME and POD_NAMESPACE in its pod (downward API: metadata.name and metadata.namespace)',
        },
      ]
    : [];
