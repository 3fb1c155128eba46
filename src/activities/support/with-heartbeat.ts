import { Context } from '@temporalio/activity';

const BEAT_MILLISECONDS = 4000;

const lastDetails = new WeakMap<Context, unknown>();

/**
 * Wraps an activity with a heartbeat every 4 s while it runs: the loss of its worker is detected by the heartbeat time-out, not by the
 * start-to-close time-out. Each heartbeat repeats the last details of `beat`, or of an earlier attempt. An activity that sends its own
 * heartbeats must use `beat`; otherwise the next heartbeat here overwrites its details.
 */
export const withHeartbeat =
  <Arguments extends unknown[], Result>(activity: (...args: Arguments) => Promise<Result>) =>
  async (...args: Arguments): Promise<Result> => {
    const context = Context.current();
    const heart = setInterval(() => {
      context.heartbeat(lastDetails.get(context) ?? context.info.heartbeatDetails);
    }, BEAT_MILLISECONDS);
    try {
      return await activity(...args);
    } finally {
      clearInterval(heart);
    }
  };

/**
 * Sends a heartbeat of the running activity.
 *
 * @param details plain JSON, repeated until the next `beat`, also by later attempts
 */
export const beat = (details: Readonly<Record<string, unknown>>): void => {
  const context = Context.current();
  lastDetails.set(context, details);
  context.heartbeat(details);
};
