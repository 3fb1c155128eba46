import { describe, expect, it } from '@jest/globals';
import { toServedConfiguration } from '../../../src/cli/embedded/served-configuration.ts';
import type { Configuration } from '../../../src/config/configuration.ts';
import { DEFAULT_WAITS } from '../../builders/wait-settings.ts';

const configuration: Configuration = {
  clusters: { default: { kind: 'inCluster' } },
  waits: DEFAULT_WAITS,
  limits: { maxConcurrentEvictions: 20, activitySlots: 2000, requestTimeoutSeconds: 30 },
  proxies: {},
  deployment: { deploymentName: 'drains', buildId: '1' },
};

describe('the worker of `run`', () => {
  it('has no version on the server that `run` has started', () => {
    const { deployment: _version, ...unversioned } = configuration;
    expect(toServedConfiguration(configuration, { source: 'embedded' })).toEqual(unversioned);
  });

  it('has its version on the server of a team', () => {
    expect(toServedConfiguration(configuration, { source: 'configured' })).toEqual(configuration);
  });
});
