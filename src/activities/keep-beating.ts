import { heartbeat } from '@temporalio/activity';

const BEAT_MILLISECONDS = 4000;

/**
 * The same activity with a heartbeat every 4 s while it runs, without details: so the death of its worker is noticed by its silence
 * within the proxy's heartbeat time-out, not by the time-out of the whole call. Not for activities that leave details for their next attempt.
 */
export const keepBeating =
  <Arguments extends unknown[], Result>(activity: (...args: Arguments) => Promise<Result>) =>
  async (...args: Arguments): Promise<Result> => {
    const heart = setInterval(() => {
      heartbeat();
    }, BEAT_MILLISECONDS);
    try {
      return await activity(...args);
    } finally {
      clearInterval(heart);
    }
  };
