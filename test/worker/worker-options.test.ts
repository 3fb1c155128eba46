import { describe, expect, it } from '@jest/globals';
import type { WorkerTuner } from '@temporalio/worker';
import {
  toClusterWorkerOptions,
  toVersionOptions,
  toWaitsWorkerOptions,
  toWorkflowWorkerOptions,
  type WorkerExtensions,
} from '../../src/worker/worker-options.ts';

const tuner = { getWorkflowTaskSlotSupplier: () => undefined } as unknown as WorkerTuner;
const interceptors = { workflowModules: ['/a/tracing.js'], activity: [() => ({})] };
const sinks = { exporter: { export: { fn: () => undefined } } };

describe('toWaitsWorkerOptions', () => {
  it.each<readonly [name: string, extensions: WorkerExtensions, expected: object, absent: readonly string[]]>([
    [
      'takes the slots from the configuration',
      {},
      { maxConcurrentActivityTaskExecutions: 50 },
      ['tuner', 'interceptors', 'sinks', 'workflowsPath'],
    ],
    // The SDK refuses both together.
    ['leaves the slots to a tuner', { tuner }, { tuner }, ['maxConcurrentActivityTaskExecutions']],
  ])('%s', (_name, extensions, expected, absent) => {
    const options = toWaitsWorkerOptions({ ...extensions, activitySlots: 50 });
    expect(options).toMatchObject(expected);
    for (const key of absent) expect(options).not.toHaveProperty(key);
  });
});

describe('toClusterWorkerOptions', () => {
  it('has slots that neither a setting nor a tuner can take away from undo', () => {
    expect(toClusterWorkerOptions({ tuner })).toMatchObject({ maxConcurrentActivityTaskExecutions: 500 });
    expect(toClusterWorkerOptions({ tuner })).not.toHaveProperty('tuner');
  });

  it('has the interceptors of activities only', () => {
    const options = toClusterWorkerOptions({ interceptors, sinks });
    expect(options).toMatchObject({ interceptors: { activity: interceptors.activity } });
    expect(options.interceptors).not.toHaveProperty('workflowModules');
    for (const key of ['sinks', 'workflowBundle', 'workflowsPath']) expect(options).not.toHaveProperty(key);
  });
});

describe('toWorkflowWorkerOptions', () => {
  it.each<readonly [name: string, extensions: WorkerExtensions, expected: object, absent: readonly string[]]>([
    ['passes interceptors through', { interceptors }, { interceptors }, ['workflowBundle']],
    ['passes sinks through', { sinks }, { sinks }, []],
    ['keeps a tuner from its few slots', { tuner }, {}, ['tuner', 'interceptors', 'sinks']],
  ])('%s', (_name, extensions, expected, absent) => {
    const options = toWorkflowWorkerOptions(extensions);
    expect(options).toMatchObject(expected);
    for (const key of absent) expect(options).not.toHaveProperty(key);
  });

  it('names the workflows and the converter of the checkout', () => {
    expect(toWorkflowWorkerOptions({})).toMatchObject({
      workflowsPath: expect.stringMatching(/\/src\/workflows\/index\.ts$/),
      dataConverter: { payloadConverterPath: expect.stringMatching(/\/src\/workflows\/payload-converter\.ts$/) },
    });
  });
});

describe('toVersionOptions', () => {
  it('pins every workflow to the version of its worker', () => {
    const version = { deploymentName: 'drains', buildId: '1.2' };
    expect(toVersionOptions(version)).toEqual({
      workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' },
    });
  });

  it('changes nothing without a version', () => {
    expect(toVersionOptions(undefined)).toEqual({});
  });
});
