import { describe, expect, it } from '@jest/globals';
import { detachMemory } from '../../../stack/programs/detach-memory.ts';
import { SECTION, joinModule, toSigned, toUnsigned, toVector } from '../../../stack/programs/module-sections.ts';

const segment = (address: number, text: string): Buffer =>
  Buffer.concat([
    Buffer.from([0, 0x41]),
    toSigned(BigInt(address)),
    Buffer.from([0x0b]),
    toUnsigned(text.length),
    Buffer.from(text),
  ]);

const MEMORY = { id: SECTION.memory, content: Buffer.from([1, 0, 4]) };

describe('detachMemory', () => {
  it.each([0, 63, 64, 8191, 8192, 200_000, 2_147_483_647])('finds the data at address %i', (address) => {
    const content = toVector([segment(address, 'data'), segment(8, '')]);
    const { segments } = detachMemory(joinModule([MEMORY, { id: SECTION.data, content }]));
    expect(segments).toEqual([
      { address, bytes: Buffer.from('data') },
      { address: 8, bytes: Buffer.from('') },
    ]);
  });

  it('leaves a module without data and with the same memory', () => {
    const count = { id: SECTION.dataCount, content: toUnsigned(1) };
    const data = { id: SECTION.data, content: toVector([segment(8, 'data')]) };
    const { module } = detachMemory(joinModule([MEMORY, count, data]));
    const none = toUnsigned(0);
    expect(module).toEqual(joinModule([MEMORY, { ...count, content: none }, { ...data, content: none }]));
  });

  it('leaves a module that has no data', () => {
    const code = joinModule([MEMORY]);
    expect(detachMemory(code)).toEqual({ module: code, segments: [] });
  });
});
