import { toStableHash } from '../text/stable-hash.ts';

/** A value of a taint starts with a letter or digit; a task id may not. */
export const toTaintValue = (taskId: string): string => (/^[A-Za-z0-9]/.test(taskId) ? taskId : toStableHash(taskId));
