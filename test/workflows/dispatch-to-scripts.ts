import { Context } from '@temporalio/activity';
import type { Activities } from '../../src/activities/index.ts';
import { TaskScript, toSubject, type ActivityName } from './task-script.ts';

/** Routes each call to the script of its cluster, which is part of every workflow id. */
export const dispatchToScripts = (scripts: ReadonlyMap<string, TaskScript>): Activities => {
  const names = Object.keys(new TaskScript('').activities) as ActivityName[];
  const dispatch =
    (name: ActivityName) =>
    async (...args: readonly unknown[]): Promise<unknown> => {
      const { workflowExecution } = Context.current().info;
      const script = scripts.get(workflowExecution?.workflowId.split('/')[1] ?? '');
      if (!script) throw new Error(`no script for ${workflowExecution?.workflowId ?? 'no workflow'}`);
      // Of every run, before anything else.
      if (name !== 'checkRequest') script.calls.push(`${name} ${toSubject(name, args)}`.trim());
      const activity = script.activities[name] as (...all: readonly unknown[]) => Promise<unknown>;
      return await activity(...args);
    };
  return Object.fromEntries(names.map((name) => [name, dispatch(name)])) as unknown as Activities;
};
