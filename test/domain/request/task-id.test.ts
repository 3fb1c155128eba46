import { describe, expect, it } from '@jest/globals';
import { toDefaultTaskId, toTaskId } from '../../../src/domain/request/task-id.ts';

describe('toTaskId', () => {
  it.each([
    ['a number', '42'],
    ['letters, digits and all three marks', 'Team-a_2026.05'],
    ['40 characters', 'a'.repeat(40)],
    ['a leading mark, which an annotation key allows', '-5'],
  ])('keeps %s', (_case, text) => {
    expect(toTaskId(text)).toBe(text);
  });

  it.each([
    ['spaces', 'drain rack 7', /^drain-rack-7-[0-9a-f]{16}$/],
    ['a slash', 'rack/7', /^rack-7-[0-9a-f]{16}$/],
    ['41 characters', 'a'.repeat(41), /^a{23}-[0-9a-f]{16}$/],
    ['a trailing mark, which an annotation key does not allow', 'rack-', /^rack-[0-9a-f]{16}$/],
    ['leading marks before characters that must change', '..rack 7', /^rack-7-[0-9a-f]{16}$/],
    ['no usable character', '节点', /^[0-9a-f]{16}$/],
    ['a dot alone', '.', /^[0-9a-f]{16}$/],
    ['a thousand characters', '/'.repeat(1000), /^[0-9a-f]{16}$/],
  ])('makes a slug and a hash of %s', (_case, text, expected) => {
    expect(toTaskId(text)).toMatch(expected);
    expect(toTaskId(text).length).toBeLessThanOrEqual(40);
    expect(toTaskId(toTaskId(text))).toBe(toTaskId(text));
  });

  it('distinguishes texts with the same slug', () => {
    expect(toTaskId('rack 7')).not.toBe(toTaskId('rack/7'));
  });
});

describe('toDefaultTaskId', () => {
  const reference = toDefaultTaskId('default', ['node-1', 'node-2']);

  it('is the same for the same nodes in another order', () => {
    expect(toDefaultTaskId('default', ['node-2', 'node-1'])).toBe(reference);
    expect(toTaskId(reference)).toBe(reference);
  });

  it.each([
    ['another cluster', 'west', ['node-1', 'node-2']],
    ['fewer nodes', 'default', ['node-1']],
    ['names that are only equal when joined', 'default', ['node-1node-2']],
  ])('differs for %s', (_case, cluster, nodeNames) => {
    expect(toDefaultTaskId(cluster, nodeNames)).not.toBe(reference);
  });

  it('does not change the order of its argument', () => {
    const nodeNames = ['node-2', 'node-1'];
    toDefaultTaskId('default', nodeNames);
    expect(nodeNames).toEqual(['node-2', 'node-1']);
  });
});
