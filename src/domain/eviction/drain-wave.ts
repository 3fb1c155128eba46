import type { PodFacts } from '../cluster/facts.ts';

/** Lowest priority of the system classes (k/k `scheduling.SystemCriticalPriority`). */
const SYSTEM_CRITICAL_PRIORITY = 2_000_000_000;
const SYSTEM_CRITICAL_CLASSES: readonly string[] = ['system-node-critical', 'system-cluster-critical'];

/** 0 = ordinary pods; 1 = system-critical pods, evicted last because ordinary pods may need them to shut down. */
export const toDrainWave = (pod: Pick<PodFacts, 'priority' | 'priorityClassName'>): 0 | 1 =>
  pod.priority >= SYSTEM_CRITICAL_PRIORITY || SYSTEM_CRITICAL_CLASSES.includes(pod.priorityClassName) ? 1 : 0;
