import type { PodPlan } from './decommission-plan.ts';

/** What is counted as one thing in a plan: the workload of a pod, e.g. `Deployment/web`, or a bare pod by its name. */
export const toPodOwner = ({ name, workload }: Pick<PodPlan, 'name' | 'workload'>): string =>
  workload === '' ? `pod ${name}` : workload;
