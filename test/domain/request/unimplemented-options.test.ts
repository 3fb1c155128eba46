import { describe, expect, it } from '@jest/globals';
import { messageFor, type Refusal } from '../../builders/refused-request.ts';

describe('options that this version does not implement', () => {
  it.each<Refusal>([
    [
      'two nodes at once',
      { maxConcurrentNodes: 2 },
      '`maxConcurrentNodes` is 2, but this version drains one node at a time; pass `maxConcurrentNodes: 1`',
    ],
    [
      'a percentage of the nodes at once',
      { maxConcurrentNodes: '10%' },
      '`maxConcurrentNodes` is "10%", but this version drains one node at a time; pass `maxConcurrentNodes: 1`',
    ],
    [
      'approval before eviction',
      { approval: 'beforeEviction' },
      '`approval` is "beforeEviction", but this version does not wait for approvals yet; pass `approval: "none"`',
    ],
    [
      'approval before deletion',
      { approval: 'beforeNodeDeletion' },
      '`approval` is "beforeNodeDeletion", but this version does not wait for approvals yet; pass `approval: "none"`',
    ],
  ])('%s', (_case, given, message) => {
    expect(messageFor(given)).toBe(message);
  });
});
