import { describe, expect, it } from '@jest/globals';
import { toOperationFolder } from '../../../src/ssh/host/operation-folder.ts';

describe('toOperationFolder', () => {
  it.each(['op-1', 'a', '01J9_x.y'])('keeps %j unchanged', (id) => {
    expect(toOperationFolder(id)).toBe(id);
  });

  it.each([
    ['decommission/default/node/worker-1#3', /^decommission-default-node-worker-1-3-[0-9a-f]{12}$/],
    ['../../etc', /^etc-[0-9a-f]{12}$/],
    ['-rf', /^rf-[0-9a-f]{12}$/],
    ['..', /^[0-9a-f]{12}$/],
    ['', /^[0-9a-f]{12}$/],
    ['a\nb $(reboot) %i', /^a-b-reboot-i-[0-9a-f]{12}$/],
    ['ü', /^[0-9a-f]{12}$/],
    ['x'.repeat(300), /^x{80}-[0-9a-f]{12}$/],
  ])('converts %j to a plain name', (id, name) => {
    expect(toOperationFolder(id)).toMatch(name);
    expect(toOperationFolder(id)).toBe(toOperationFolder(id));
  });

  it('keeps different ids apart', () => {
    expect(toOperationFolder('a/b')).not.toBe(toOperationFolder('a b'));
  });
});
