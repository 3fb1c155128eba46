import { describe, expect, it } from '@jest/globals';
import { REQUEST_CHOICES, toOfferedChoices, type ChoiceKey } from '../../../src/domain/request/choices.ts';
import { REQUEST_DEFAULTS } from '../../../src/domain/request/defaults.ts';
import { REQUEST_KEYS } from '../../../src/domain/request/keys.ts';
import { parseRequest } from '../../../src/domain/request/parse-request.ts';
import { isOffered } from '../../../src/domain/request/unimplemented-options.ts';

describe('toOfferedChoices', () => {
  it.each<readonly [ChoiceKey, readonly string[]]>([
    ['preflight', ['enforce', 'warn', 'skip']],
    ['singleReplica', ['block', 'surge', 'evict']],
    ['hostCleanup', ['required', 'bestEffort', 'skip']],
    ['nodeOrder', ['asGiven', 'fewestPodsFirst', 'zoneByZone']],
    ['daemonSets', ['terminateLast', 'leave']],
    ['cordon', ['allFirst', 'inTurn']],
    ['onNodeParked', ['wait', 'continue', 'stop']],
    ['approval', ['none']],
  ])('%s: %j', (key, offered) => {
    expect(toOfferedChoices(key)).toEqual(offered);
  });

  const all = Object.entries(REQUEST_CHOICES).flatMap(([key, choices]) =>
    choices.map((choice) => [key as ChoiceKey, choice] as const),
  );
  it.each(all)('%s: %s is accepted exactly when it is offered', (key, choice) => {
    const parsed = parseRequest({ nodeNames: ['node-1'], [key]: choice });
    expect(parsed.kind === 'valid').toBe(toOfferedChoices(key).includes(choice));
  });

  it.each(Object.keys(REQUEST_CHOICES) as ChoiceKey[])('%s: offers its default', (key) => {
    expect(toOfferedChoices(key)).toContain(REQUEST_DEFAULTS[key]);
  });
});

describe('isOffered', () => {
  it('leaves out the keys that have only one value so far', () => {
    expect(REQUEST_KEYS.filter((key) => !isOffered(key))).toEqual(['approval']);
  });
});
