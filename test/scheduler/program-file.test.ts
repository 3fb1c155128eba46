import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openProgramFile, toProgramFile } from '../../src/scheduler/program-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'node-decommission-program-'));
const MODULE = Buffer.alloc(3_000_000, 'module');
const LONG = Buffer.alloc(2_500_000, 'long');
const FILE = toProgramFile(MODULE, [
  { address: 8, bytes: Buffer.from('eight') },
  { address: 1000, bytes: LONG },
]);

const write = (name: string, content: Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const read = async (path: string, memoryBytes = 3_000_000): Promise<{ module: Buffer; memory: Buffer }> => {
  const file = openProgramFile(path);
  const module = await file.readModule();
  const memory = new ArrayBuffer(memoryBytes);
  await file.fillMemory(memory);
  return { module: Buffer.from(module), memory: Buffer.from(memory) };
};

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('openProgramFile', () => {
  it.each([
    ['as it is', 'program', FILE],
    ['compressed', 'program.gz', gzipSync(FILE)],
  ])('returns the module and fills the memory of a file %s', async (_how, name, content) => {
    const { module, memory } = await read(write(name, content));
    expect(module.equals(MODULE)).toBe(true);
    expect(memory.toString('latin1', 8, 13)).toBe('eight');
    expect(memory.subarray(1000, 1000 + LONG.length).equals(LONG)).toBe(true);
    expect(memory.subarray(13, 1000).every((byte) => byte === 0)).toBe(true);
  });

  it.each<readonly [string, string, Buffer, string]>([
    ['another file', 'text', Buffer.from('some text'), 'the file is not the scheduler program'],
    ['an empty file', 'empty', Buffer.alloc(0), 'the file is not the scheduler program'],
    ['a file that ends in the module', 'short', FILE.subarray(0, 1000), 'ends early'],
    ['a file that ends in the memory', 'shorter', FILE.subarray(0, FILE.length - 1), 'ends early'],
    ['a length that no program has', 'long', Buffer.from('NDS1\xff\xff\xff\xff', 'latin1'), 'is damaged'],
    ['a compressed file that ends early', 'cut.gz', gzipSync(FILE).subarray(0, 900), 'unexpected end of file'],
  ])('%s is refused', async (_what, name, content, message) => {
    await expect(read(write(name, content))).rejects.toThrow(message);
  });

  it('a memory that is too small is refused', async () => {
    await expect(read(write('program', FILE), 100)).rejects.toThrow('is damaged');
  });

  it('a missing file is an error', async () => {
    await expect(read(join(folder, 'none'))).rejects.toThrow('ENOENT');
  });
});
