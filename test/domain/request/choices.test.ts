import { describe, expect, it } from '@jest/globals';
import { REQUEST_CHOICES, type ChoiceKey } from '../../../src/domain/request/choices.ts';
import { REQUEST_DEFAULTS } from '../../../src/domain/request/defaults.ts';
import { parseRequest } from '../../../src/domain/request/parse-request.ts';

describe('REQUEST_CHOICES', () => {
  it.each<readonly [ChoiceKey, readonly string[]]>([
    ['preflight', ['enforce', 'warn', 'skip']],
    ['singleReplica', ['block', 'surge', 'evict']],
    ['hostCleanup', ['required', 'bestEffort', 'skip']],
    ['nodeOrder', ['asGiven', 'fewestPodsFirst', 'zoneByZone']],
    ['onTimeout', ['rollBack', 'delete']],
    ['daemonSets', ['terminateLast', 'leave']],
    ['cordon', ['allFirst', 'inTurn']],
    ['jobs', ['evict', 'waitForCompletion']],
    ['deadNode', ['refuse', 'outOfService']],
    ['onNodeParked', ['wait', 'continue', 'stop']],
    ['onWindowClose', ['finishNode', 'pause']],
    ['approval', ['none', 'beforeEviction', 'beforeNodeDeletion']],
  ])('%s: %j', (key, offered) => {
    expect(REQUEST_CHOICES[key]).toEqual(offered);
  });

  const all = Object.entries(REQUEST_CHOICES).flatMap(([key, choices]) =>
    choices.map((choice) => [key as ChoiceKey, choice] as const),
  );
  it.each(all)('%s: %s is accepted', (key, choice) => {
    const parsed = parseRequest({ nodeNames: ['node-1'], [key]: choice });
    expect(parsed.kind).toBe('valid');
  });

  it.each(Object.keys(REQUEST_CHOICES) as ChoiceKey[])('%s: offers its default', (key) => {
    expect(REQUEST_CHOICES[key]).toContain(REQUEST_DEFAULTS[key]);
  });
});
