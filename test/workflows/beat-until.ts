import { Context } from '@temporalio/activity';

const HEARTBEAT_MILLISECONDS = 40;

/** Heartbeats until `ended` settles, as the waiting activities do. */
export const beatUntil = async (ended: Promise<unknown>): Promise<void> => {
  const activity = Context.current();
  const heart = setInterval(() => {
    activity.heartbeat();
  }, HEARTBEAT_MILLISECONDS);
  try {
    await ended;
  } finally {
    clearInterval(heart);
  }
};
