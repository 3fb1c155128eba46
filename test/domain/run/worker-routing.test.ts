import { describe, expect, it } from '@jest/globals';
import { describeUnroutedWork, describeUnservedCluster } from '../../../src/domain/run/worker-routing.ts';

const VERSION = { deploymentName: 'drains', buildId: '2' };

describe('describeUnservedCluster', () => {
  it.each([
    ['names no version of an unversioned run', undefined, 'worker'],
    ['names no version without a deployment', { deploymentName: '', buildId: 'sdk' }, 'worker'],
    ['names the version that the worker needs', VERSION, 'worker of version drains:2'],
  ])('%s', (_name, version, worker) => {
    expect(describeUnservedCluster('east', 30, version)).toBe(
      `no ${worker} serves cluster "east": none took work from task queue node-decommission/east for 30 s. Nothing was changed. ` +
        `Correct \`cluster\`, or start a ${worker} whose configuration names this cluster, then start again.`,
    );
  });
});

describe('describeUnroutedWork', () => {
  it('has no reason when no worker polls, which has another remedy', () => {
    expect(describeUnroutedWork({ workers: [], current: VERSION }, 'default')).toBeUndefined();
  });
});
