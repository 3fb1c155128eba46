import type { TaskScript } from './task-script.ts';

/** No budget is created for `Deployment/web` and `StatefulSet/db`, for this reason. */
export const leaveUnprotected = (script: TaskScript, reason: string): void => {
  const leave = { action: 'none', namespace: 'default', name: '', reason } as const;
  const plans = ['Deployment/web', 'StatefulSet/db'].map((workload) => ({ ...leave, workload }));
  script.wrap('protectWorkloads', () => () => Promise.resolve({ created: [], plans }));
};
