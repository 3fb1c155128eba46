import type { PodFacts } from '../cluster/facts.ts';
import { toleratesTaint } from '../cluster/node-selector.ts';
import { isFinished } from '../cluster/pod-state.ts';
import type { WorkloadIndex } from '../cluster/workload-index.ts';
import { toLeavingTaint } from '../node/leaving-taint.ts';
import { classifyPod, type PodConsents } from './classify-pod.ts';
import { toDrainWave } from './drain-wave.ts';

/**
 * The DaemonSet pods that end before the kubelet does, so that they leave the endpoints of their Services first. System-critical ones stay, and
 * those that tolerate the taint `node-decommission.io/leaving`: network, storage and kube-proxy, which other pods need to the end; their
 * controller would recreate them at once.
 */
export const selectLeavingDaemons = (
  pods: readonly PodFacts[],
  index: WorkloadIndex,
  consents: PodConsents,
  taskId: string,
): readonly PodFacts[] =>
  pods.filter(
    (pod) =>
      !isFinished(pod) &&
      classifyPod(pod, index, consents).isDaemonSetPod &&
      toDrainWave(pod) === 0 &&
      !toleratesTaint(pod.tolerations, toLeavingTaint(taskId)),
  );
