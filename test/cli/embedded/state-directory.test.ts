import { describe, expect, it } from '@jest/globals';
import { toStateDirectory } from '../../../src/cli/embedded/state-directory.ts';

describe('toStateDirectory', () => {
  it.each([
    { name: 'the home directory', environment: {}, expected: '/home/ann/.local/state/node-decommission' },
    { name: 'XDG_STATE_HOME', environment: { XDG_STATE_HOME: '/state' }, expected: '/state/node-decommission' },
    {
      name: 'the setting',
      environment: { XDG_STATE_HOME: '/state', NODE_DECOMMISSION_STATE: '/mine' },
      expected: '/mine',
    },
    {
      name: 'no empty variable',
      environment: { XDG_STATE_HOME: '' },
      expected: '/home/ann/.local/state/node-decommission',
    },
  ])('follows $name', ({ environment, expected }) => {
    expect(toStateDirectory({ HOME: '/home/ann', ...environment }).path).toBe(expected);
  });
});
