import { describe, expect, it } from '@jest/globals';
import { ScheduleAlreadyRunning, ScheduleNotFoundError, type Client } from '@temporalio/client';
import { scheduleJanitor, unscheduleJanitor } from '../../src/client/janitor-schedule.ts';

const ID = 'decommission/east/janitor';

/** A Temporal that has these schedules, by id. */
const withSchedules = (schedules: Map<string, unknown>): Client =>
  ({
    schedule: {
      create: ({ scheduleId, ...content }: { scheduleId: string }) => {
        if (schedules.has('invalid')) return Promise.reject(new TypeError('CronString does not have 5-7 fields'));
        if (schedules.has(scheduleId)) return Promise.reject(new ScheduleAlreadyRunning('there is one', scheduleId));
        schedules.set(scheduleId, content);
        return Promise.resolve();
      },
      getHandle: (id: string) => ({
        update: (change: (earlier: object) => unknown) => {
          schedules.set(id, change({ state: { paused: true } }));
          return Promise.resolve();
        },
        delete: () =>
          schedules.delete(id) ? Promise.resolve() : Promise.reject(new ScheduleNotFoundError('there is none', id)),
      }),
    },
  }) as unknown as Client;

describe('scheduleJanitor', () => {
  it('starts the workflow for the cluster, one at a time', async () => {
    const schedules = new Map<string, unknown>();
    expect(await scheduleJanitor(withSchedules(schedules), 'east', '0 * * * *')).toEqual({
      scheduleId: ID,
      cron: '0 * * * *',
    });
    expect(schedules.get(ID)).toMatchObject({
      spec: { cronExpressions: ['0 * * * *'] },
      action: { workflowType: 'janitor', taskQueue: 'node-decommission', args: [{ cluster: 'east' }] },
      policies: { overlap: 'SKIP' },
    });
  });

  it('replaces an earlier one, which stays paused if it was', async () => {
    const schedules = new Map<string, unknown>([[ID, {}]]);
    await scheduleJanitor(withSchedules(schedules), 'east', '5 * * * *');
    expect(schedules.get(ID)).toMatchObject({ spec: { cronExpressions: ['5 * * * *'] }, state: { paused: true } });
  });
});

describe('an invalid cron expression', () => {
  it('is refused as input', async () => {
    const client = withSchedules(new Map([['invalid', {}]]));
    await expect(scheduleJanitor(client, 'east', 'hourly')).rejects.toMatchObject({
      code: 'InvalidRequest',
      message: expect.stringContaining('refuses the cron expression "hourly" (CronString') as unknown,
    });
  });
});

describe('unscheduleJanitor', () => {
  it.each([
    ['a schedule', new Map([[ID, {}]]), true],
    ['no schedule', new Map<string, unknown>(), false],
  ])('ends %s', async (_what, schedules, wasThere) => {
    expect(await unscheduleJanitor(withSchedules(schedules), 'east')).toBe(wasThere);
    expect(schedules.size).toBe(0);
  });
});
