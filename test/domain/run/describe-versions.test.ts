import { describe, expect, it } from '@jest/globals';
import { describeVersions, findAbandoned, type VersionState } from '../../../src/domain/run/describe-versions.ts';

const version = (buildId: string, state: VersionState['state'], isServed = true): VersionState => ({
  version: { deploymentName: 'drains', buildId },
  state,
  isServed,
});

describe('describeVersions', () => {
  it.each<readonly [name: string, versions: readonly VersionState[], text: string]>([
    ['names the current version', [version('2', 'current')], 'drains:2 is current'],
    ['names a version that is not current yet', [version('3', 'inactive')], 'drains:3 is not current yet'],
    [
      'keeps the workers to which runs are pinned',
      [version('1', 'draining'), version('2', 'current')],
      'drains:2 is current; drains:1 is draining: open runs are pinned to it, so keep its workers',
    ],
    [
      'names workers that nothing needs any more',
      [version('1', 'drained')],
      'drains:1 has drained: its workers may be stopped',
    ],
    ['names versions without workers', [version('1', 'drained', false)], 'drains:1 has drained'],
  ])('%s', (_name, versions, text) => {
    expect(describeVersions(versions)).toBe(text);
  });
});

describe('findAbandoned', () => {
  it('finds versions with pinned runs and without workers', () => {
    const versions = [
      version('0', 'drained', false),
      version('1', 'draining', false),
      version('2', 'draining'),
      version('3', 'current', false),
    ];
    expect(findAbandoned(versions)).toEqual([{ deploymentName: 'drains', buildId: '1' }]);
  });
});
