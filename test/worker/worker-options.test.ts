import { describe, expect, it } from '@jest/globals';
import type { WorkerTuner } from '@temporalio/worker';
import { toWorkerOptions, type WorkerExtensions } from '../../src/worker/worker-options.ts';

const tuner = { getWorkflowTaskSlotSupplier: () => undefined } as unknown as WorkerTuner;
const interceptors = { workflowModules: ['/a/tracing.js'] };
const sinks = { exporter: { export: { fn: () => undefined } } };

describe('toWorkerOptions', () => {
  it.each<readonly [name: string, extensions: WorkerExtensions, expected: object, absent: readonly string[]]>([
    [
      'takes the slots from the configuration',
      {},
      { maxConcurrentActivityTaskExecutions: 50 },
      ['tuner', 'interceptors', 'sinks'],
    ],
    // The SDK refuses both together.
    ['leaves the slots to a tuner', { tuner }, { tuner }, ['maxConcurrentActivityTaskExecutions']],
    ['passes interceptors through', { interceptors }, { interceptors }, ['workflowBundle']],
    ['passes sinks through', { sinks }, { sinks }, []],
  ])('%s', (_name, extensions, expected, absent) => {
    const options = toWorkerOptions({ ...extensions, activitySlots: 50 });
    expect(options).toMatchObject(expected);
    for (const key of absent) expect(options).not.toHaveProperty(key);
  });

  it('names the workflows and the converter of the checkout', () => {
    expect(toWorkerOptions({ activitySlots: 50 })).toMatchObject({
      workflowsPath: expect.stringMatching(/\/src\/workflows\/index\.ts$/),
      dataConverter: { payloadConverterPath: expect.stringMatching(/\/src\/workflows\/payload-converter\.ts$/) },
    });
  });
});
