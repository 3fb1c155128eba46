import type { Info } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';

type Activity<Arguments extends unknown[], Result> = (...args: Arguments) => Promise<Result>;

/** An environment for one activity that logs nothing; the first attempt unless `info` sets another. */
export const activityEnvironment = (info: Partial<Info> = {}): MockActivityEnvironment =>
  new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR', () => undefined) });

/** Runs one activity there. */
export const runIn = async <Arguments extends unknown[], Result>(
  environment: MockActivityEnvironment,
  activity: Activity<Arguments, Result>,
  ...args: Arguments
): Promise<Result> => await environment.run(activity, ...args);

/** Runs one activity in an environment of its own. */
export const runActivity = async <Arguments extends unknown[], Result>(
  activity: Activity<Arguments, Result>,
  args: Arguments,
  info: Partial<Info> = {},
): Promise<Result> => await runIn(activityEnvironment(info), activity, ...args);
