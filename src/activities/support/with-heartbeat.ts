import { Context } from '@temporalio/activity';
import { startHeart } from './heart-group.ts';

const lastDetails = new WeakMap<Context, unknown>();

const readLastDetails = (context: Context): unknown => lastDetails.get(context) ?? context.info.heartbeatDetails;

/**
 * Wraps an activity with heartbeats while it runs, as `startHeart` sends them: the loss of its worker is detected by the heartbeat time-out,
 * not by the start-to-close time-out. Each heartbeat repeats the last details of `beat`, or of an earlier attempt. An activity that sends
 * its own heartbeats must use `beat`; otherwise the next heartbeat here overwrites its details.
 */
export const withHeartbeat =
  <Arguments extends unknown[], Result>(activity: (...args: Arguments) => Promise<Result>) =>
  async (...args: Arguments): Promise<Result> => {
    const context = Context.current();
    const stopHeart = startHeart(context, () => readLastDetails(context));
    try {
      return await activity(...args);
    } finally {
      stopHeart();
    }
  };

/**
 * Sends a heartbeat of the running activity, unless these are its last details: those are repeated anyway.
 *
 * @param details plain JSON, repeated until the next `beat`, also by later attempts
 */
export const beat = (details: Readonly<Record<string, unknown>>): void => {
  const context = Context.current();
  const isNew = JSON.stringify(details) !== JSON.stringify(readLastDetails(context));
  lastDetails.set(context, details);
  if (isNew) context.heartbeat(details);
};
