import { describe, expect, it } from '@jest/globals';
import { runStages } from '../../../src/activities/support/run-stages.ts';
import { finishStages, type Stages } from '../../../src/domain/preflight/stages.ts';

const stages = function* (log: string[]): Stages<string> {
  log.push('first part');
  yield;
  log.push('second part');
  yield;
  log.push('third part');
  return 'result';
};

describe('runStages', () => {
  it('lets other work of the process run before it is finished', async () => {
    const log: string[] = [];
    const running = runStages(stages(log));
    setImmediate(() => log.push('other work'));
    expect(await running).toBe('result');
    expect(log).toEqual(['first part', 'second part', 'other work', 'third part']);
  });

  it('rejects with the error of a part', async () => {
    const failing = function* (): Stages<never> {
      yield;
      throw new Error('no');
    };
    await expect(runStages(failing())).rejects.toThrow('no');
  });
});

describe('finishStages', () => {
  it('runs all parts at once', () => {
    const log: string[] = [];
    expect(finishStages(stages(log))).toBe('result');
    expect(log).toEqual(['first part', 'second part', 'third part']);
  });
});
