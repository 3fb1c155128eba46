import { Context } from '@temporalio/activity';

const BEAT_MILLISECONDS = 4000;

const saidLast = new WeakMap<Context, unknown>();

/**
 * The same activity with a heartbeat every 4 s while it runs: so the death of its worker is noticed by its silence within the proxy's
 * heartbeat time-out, not by the time-out of the whole call. Each one repeats what `beat` said last, or an earlier attempt.
 * An activity that heartbeats by itself must do so with `beat`, or the next of these takes its details away.
 */
export const withHeartbeat =
  <Arguments extends unknown[], Result>(activity: (...args: Arguments) => Promise<Result>) =>
  async (...args: Arguments): Promise<Result> => {
    const context = Context.current();
    const heart = setInterval(() => {
      context.heartbeat(saidLast.get(context) ?? context.info.heartbeatDetails);
    }, BEAT_MILLISECONDS);
    try {
      return await activity(...args);
    } finally {
      clearInterval(heart);
    }
  };

/** A heartbeat of the running activity. @param details plain JSON, kept until the next `beat`, by later attempts too */
export const beat = (details: Readonly<Record<string, unknown>>): void => {
  const context = Context.current();
  saidLast.set(context, details);
  context.heartbeat(details);
};
