import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { beat, withHeartbeat } from '../../../src/activities/support/with-heartbeat.ts';
import { activityEnvironment, runIn } from '../../builders/run-activity.ts';

const BEAT_MILLISECONDS = 5000;

const toBeats = async (activity: () => Promise<void>, heartbeatDetails?: unknown): Promise<readonly unknown[]> => {
  const environment = activityEnvironment({ heartbeatDetails });
  const beats: unknown[] = [];
  environment.on('heartbeat', (details: unknown) => beats.push(details));
  await runIn(environment, withHeartbeat(activity));
  jest.advanceTimersByTime(10 * BEAT_MILLISECONDS);
  return beats;
};

const pass = (count: number): void => {
  jest.advanceTimersByTime(count * BEAT_MILLISECONDS);
};

describe('withHeartbeat', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('heartbeats only while the activity runs', async () => {
    const beats = await toBeats(async () => {
      await Promise.resolve();
      pass(3);
    });
    expect(beats).toEqual([undefined, undefined, undefined]);
  });

  it('repeats the last details', async () => {
    const beats = await toBeats(async () => {
      await Promise.resolve();
      pass(1);
      beat({ message: 'first' });
      beat({ message: 'second' });
      pass(2);
    });
    const second = { message: 'second' };
    expect(beats).toEqual([undefined, { message: 'first' }, second, second, second]);
  });

  it('sends details that have not changed no sooner than without them', async () => {
    const beats = await toBeats(async () => {
      await Promise.resolve();
      beat({ message: 'polls every second' });
      beat({ message: 'polls every second' });
      pass(1);
    });
    expect(beats).toEqual([{ message: 'polls every second' }, { message: 'polls every second' }]);
  });

  it('repeats the details of an earlier attempt until there are new ones', async () => {
    const earlier = { failedCount: 1 };
    const beats = await toBeats(async () => {
      await Promise.resolve();
      pass(1);
      beat({ failedCount: 2 });
      pass(1);
    }, earlier);
    expect(beats).toEqual([earlier, { failedCount: 2 }, { failedCount: 2 }]);
  });
});
