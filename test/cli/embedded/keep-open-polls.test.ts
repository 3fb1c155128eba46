import { describe, expect, it } from '@jest/globals';
import { keepOpenPolls } from '../../../src/cli/embedded/keep-open-polls.ts';

describe('keepOpenPolls', () => {
  it.each([
    ['sets the variable', {}, '3000'],
    ['keeps a value that is set', { TEMPORAL_POLL_SHUTDOWN_INTERRUPT_WAIT_MS: '0' }, '0'],
  ])('%s', (_name, environment: NodeJS.ProcessEnv, expected) => {
    keepOpenPolls(environment);
    expect(environment).toEqual({ TEMPORAL_POLL_SHUTDOWN_INTERRUPT_WAIT_MS: expected });
  });
});
