import { describe, expect, it } from '@jest/globals';
import { messageFor, type Refusal } from '../../builders/refused-request.ts';

describe('options that this version does not implement', () => {
  it.each<Refusal>([
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
