import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/**
 * The file of the program: `MAGIC`, the length of a WebAssembly module, the module without its data, then for each part of its memory that is
 * not zero its address, its length and its bytes. All numbers have four bytes, the lowest first. A third of the program is such data: V8 would
 * keep a copy beside the memory for as long as the module exists.
 */
const MAGIC = 'NDS1';
const NUMBER_BYTES = 4;
const PART_BYTES = 1024 * 1024;
/** A wrong length, of a damaged file, reserves no more. */
const MAX_MODULE_BYTES = 256 * 1024 * 1024;

/** A part of the memory. */
export interface MemorySegment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Bytes in the order of a file, as many at a time as are wanted. */
export interface ProgramFile {
  /** Call it first. */
  readonly readModule: () => Promise<Uint8Array<ArrayBuffer>>;
  /** Writes what the file has of the memory. */
  readonly fillMemory: (memory: ArrayBuffer) => Promise<void>;
}

/** @throws Error from its functions: the file cannot be read, is damaged, or is not the program. */
export const openProgramFile = (path: string): ProgramFile => {
  const file = createReadStream(path, { highWaterMark: PART_BYTES });
  const parts = path.endsWith('.gz') ? pipeline(file, createGunzip({ chunkSize: PART_BYTES }), () => undefined) : file;
  const source = createSource(parts);
  return {
    readModule: async () => {
      const start = await source.take(new Uint8Array(MAGIC.length));
      if (Buffer.from(start ?? []).toString('latin1') !== MAGIC)
        throw new Error('the file is not the scheduler program');
      const length = (await source.takeNumber()) ?? 0;
      if (length > MAX_MODULE_BYTES) throw new Error('the file of the scheduler program is damaged');
      return orDamaged(await source.take(new Uint8Array(length)));
    },
    fillMemory: async (memory) => {
      for (;;) {
        const address = await source.takeNumber();
        if (address === undefined) return;
        const length = orDamaged(await source.takeNumber());
        if (address + length > memory.byteLength) throw new Error('the file of the scheduler program is damaged');
        orDamaged(await source.take(new Uint8Array(memory, address, length)));
      }
    },
  };
};

/** The inverse, for the build. */
export const toProgramFile = (module: Uint8Array, segments: readonly MemorySegment[]): Buffer =>
  Buffer.concat([
    Buffer.from(MAGIC, 'latin1'),
    toNumber(module.length),
    module,
    ...segments.flatMap(({ address, bytes }) => [toNumber(address), toNumber(bytes.length), bytes]),
  ]);

const toNumber = (value: number): Buffer => {
  const bytes = Buffer.alloc(NUMBER_BYTES);
  bytes.writeUInt32LE(value);
  return bytes;
};

const orDamaged = <Value>(value: Value | undefined): Value => {
  if (value === undefined) throw new Error('the file of the scheduler program ends early');
  return value;
};

interface Source {
  /** Fills the array and returns it; undefined: the file has ended before its first byte. */
  readonly take: <Bytes extends Uint8Array>(target: Bytes) => Promise<Bytes | undefined>;
  readonly takeNumber: () => Promise<number | undefined>;
}

const createSource = (parts: AsyncIterable<Uint8Array>): Source => {
  const iterator = parts[Symbol.asyncIterator]();
  let part: Uint8Array = new Uint8Array();
  const take: Source['take'] = async (target) => {
    for (let filled = 0; filled < target.length;) {
      if (part.length === 0) {
        const next = await iterator.next();
        if (next.done === true && filled === 0) return undefined;
        part = orDamaged(next.done === true ? undefined : next.value);
      }
      const taken = part.subarray(0, target.length - filled);
      target.set(taken, filled);
      part = part.subarray(taken.length);
      filled += taken.length;
    }
    return target;
  };
  const takeNumber = async (): Promise<number | undefined> => {
    const bytes = await take(Buffer.alloc(NUMBER_BYTES));
    return bytes?.readUInt32LE();
  };
  return { take, takeNumber };
};
