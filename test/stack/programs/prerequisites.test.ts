import { describe, expect, it } from '@jest/globals';

import { PROGRAM_GROUP_NAMES, PROGRAM_GROUPS, readNeededGo } from '../../../stack/programs/program-groups.ts';
import { checkGoVersion, checkPlatform, readGoObstacle } from '../../../stack/programs/prerequisites.ts';

describe('checkPlatform', () => {
  it('accepts Linux', () => {
    expect(checkPlatform('linux')).toBeUndefined();
  });

  it('rejects another platform', () => {
    expect(checkPlatform('darwin')).toBe(
      'The local stack runs on Linux only and this machine runs darwin. Use a Linux machine or virtual machine.',
    );
  });
});

describe('checkGoVersion', () => {
  it.each([
    ['accepts the required version', 'go1.26.0'],
    ['accepts a later one', 'go1.30.1'],
    ['accepts a later major one', 'go2.0'],
    ['accepts a release candidate', 'go1.26rc1'],
    ['accepts a development build', 'devel go-abcdef'],
  ])('%s', (_name, version) => {
    expect(checkGoVersion(version, '1.26.0')).toBeUndefined();
  });

  it.each(['go1.25.9', 'go1.26', 'go1.26.3', 'go1.26rc1'])('rejects %s, which is too old', (version) => {
    expect(checkGoVersion(version, '1.26.4')).toBe(
      `The "go" on the PATH is ${version}, which is too old for the programs of the local stack. Install Go 1.26.4 or later.`,
    );
  });
});

describe('readNeededGo', () => {
  it.each(PROGRAM_GROUP_NAMES)('reads the Go version of %s', (name) => {
    expect(readNeededGo(PROGRAM_GROUPS[name])).toMatch(/^1\.\d+\.\d+$/);
  });
});

describe('readGoObstacle', () => {
  it('reports what to install when there is no go', async () => {
    await expect(readGoObstacle('1.26.4', { PATH: '/nonexistent' })).resolves.toMatch(
      /^There is no "go" on the PATH\. Install Go 1\.26\.4 or later/,
    );
  });
});
