import { homedir } from 'node:os';
import { join } from 'node:path';
import { readCacheDirectory } from '../../src/config/cache-directory.ts';

describe('readCacheDirectory', () => {
  it.each([
    ['XDG_CACHE_HOME', { HOME: '/home/user', XDG_CACHE_HOME: '/var/cache' }, '/var/cache/node-decommission'],
    ['HOME without it', { HOME: '/home/user' }, '/home/user/.cache/node-decommission'],
    [
      'HOME, if XDG_CACHE_HOME is empty',
      { HOME: '/home/user', XDG_CACHE_HOME: '' },
      '/home/user/.cache/node-decommission',
    ],
    [
      'HOME, if XDG_CACHE_HOME is relative',
      { HOME: '/home/user', XDG_CACHE_HOME: 'cache' },
      '/home/user/.cache/node-decommission',
    ],
    ['the home folder of the user without either', {}, join(homedir(), '.cache/node-decommission')],
  ])('is below %s', (_what, environment, expected) => {
    expect(readCacheDirectory(environment)).toBe(expected);
  });
});
