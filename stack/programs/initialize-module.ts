import { WASI } from 'node:wasi';

import {
  SECTION,
  createReader,
  joinModule,
  splitModule,
  toName,
  toSigned,
  toUnsigned,
  toVector,
} from './module-sections.ts';
import type { ModuleSection } from './module-sections.ts';

/** What is used of a global that no type library without a browser declares. */
declare const WebAssembly: {
  readonly instantiate: (code: Uint8Array, imports: object) => Promise<{ readonly instance: Instance }>;
};

interface Instance {
  readonly exports: Readonly<Record<string, unknown>>;
}

interface Memory {
  readonly buffer: ArrayBuffer;
}

interface Global {
  readonly type: number;
  readonly isMutable: boolean;
  /** An expression, with its end. */
  readonly initial: Buffer;
}

interface Export {
  readonly name: string;
  readonly entry: Buffer;
}

const INITIALIZE = '_initialize';
const PAGE_BYTES = 65_536;
const WORD_BYTES = 8;
/** Between two segments. V8 accepts 100,000 segments, and Go's linker makes that many: each short run of zeros starts another. */
const LEAST_GAP_WORDS = 32;
const I32 = 0x7f;
const OPCODE = { i32Const: 0x41, i64Const: 0x42, end: 0x0b } as const;
const GLOBAL_KIND = 3;

/**
 * The same WASI reactor in the state after its initialization: memory and globals are part of the module, and `_initialize` is gone. Go's
 * initialization takes two seconds of processor time at each start. Arguments, clock and random numbers are those of this call; the clock
 * counts from zero, so that it does not go back on a machine that started a moment ago.
 *
 * The tool for this is `wizer`. It adds its segments to those of Go's linker, and V8 rejects the result.
 * @param code exports one memory; has no passive data and no start function
 * @param prepare called with the exports after the initialization; what it changes becomes part of the state. Default: nothing
 * @throws Error: the module has what is not supported here, or its initialization fails.
 */
export const initializeModule = async (
  code: Buffer,
  prepare: (exports: Instance['exports']) => void = () => undefined,
): Promise<Buffer> => {
  const sections = splitModule(code);
  checkSupported(sections);
  const globals = readGlobals(contentOf(sections, SECTION.global));
  const exported = readExports(contentOf(sections, SECTION.export));

  const observable = replace(sections, {
    [SECTION.export]: toVector([
      ...exported.map(({ entry }) => entry),
      ...globals.map((_, index) => toGlobalExport(index)),
    ]),
  });
  const exports = await instantiate(joinModule(observable));
  prepare(exports);

  const memory = Buffer.from((exports['memory'] as Memory).buffer);
  const segments = toSegments(memory);
  return joinModule(
    replace(sections, {
      [SECTION.memory]: toVector([Buffer.concat([Buffer.from([0]), toUnsigned(memory.length / PAGE_BYTES)])]),
      [SECTION.global]: toVector(globals.map((global, index) => toGlobal(global, exports[toGlobalName(index)]))),
      [SECTION.export]: toVector(exported.filter(({ name }) => name !== INITIALIZE).map(({ entry }) => entry)),
      [SECTION.data]: toVector(segments),
      [SECTION.dataCount]: toUnsigned(segments.length),
    }),
  );
};

const checkSupported = (sections: readonly ModuleSection[]): void => {
  if (sections.some(({ id }) => id === SECTION.start)) throw new Error('The module has a start function.');
  const memory = createReader(contentOf(sections, SECTION.memory));
  if (memory.unsigned() !== 1 || memory.byte() !== 0) throw new Error('The module needs one memory without a limit.');
  const data = createReader(contentOf(sections, SECTION.data));
  for (let left = data.unsigned(); left > 0; left -= 1) {
    if (data.byte() !== 0) throw new Error('The module has data that is not part of its first memory.');
    readExpression(data);
    data.bytes(data.unsigned());
  }
};

const contentOf = (sections: readonly ModuleSection[], wanted: number): Buffer => {
  const section = sections.find(({ id }) => id === wanted);
  if (section === undefined) throw new Error(`The module has no section ${wanted}.`);
  return section.content;
};

/** Sections that the module does not have stay absent. */
const replace = (
  sections: readonly ModuleSection[],
  contents: Readonly<Partial<Record<number, Buffer>>>,
): ModuleSection[] => sections.map(({ id, content }) => ({ id, content: contents[id] ?? content }));

const readGlobals = (content: Buffer): Global[] => {
  const reader = createReader(content);
  return Array.from({ length: reader.unsigned() }, () => ({
    type: reader.byte(),
    isMutable: reader.byte() === 1,
    initial: content.subarray(reader.position(), readExpression(reader)),
  }));
};

/** The position after an expression that is one integer. */
const readExpression = (reader: ReturnType<typeof createReader>): number => {
  const opcode = reader.byte();
  if (opcode !== OPCODE.i32Const && opcode !== OPCODE.i64Const) {
    throw new Error(`The module has an initial value with the unsupported instruction ${opcode}.`);
  }
  reader.skipInteger();
  if (reader.byte() !== OPCODE.end) throw new Error('The module has an initial value of several instructions.');
  return reader.position();
};

const readExports = (content: Buffer): Export[] => {
  const reader = createReader(content);
  return Array.from({ length: reader.unsigned() }, () => {
    const start = reader.position();
    const name = reader.bytes(reader.unsigned()).toString();
    reader.byte();
    reader.unsigned();
    return { name, entry: content.subarray(start, reader.position()) };
  });
};

const toGlobalName = (index: number): string => `global ${index}`;

const toGlobalExport = (index: number): Buffer =>
  Buffer.concat([toName(toGlobalName(index)), Buffer.from([GLOBAL_KIND]), toUnsigned(index)]);

const toGlobal = ({ type, isMutable, initial }: Global, exported: unknown): Buffer => {
  if (!isMutable) return Buffer.concat([Buffer.from([type, 0]), initial]);
  const { value } = exported as { readonly value: number | bigint };
  const opcode = type === I32 ? OPCODE.i32Const : OPCODE.i64Const;
  return Buffer.concat([Buffer.from([type, 1, opcode]), toSigned(BigInt(value)), Buffer.from([OPCODE.end])]);
};

const instantiate = async (code: Buffer): Promise<Instance['exports']> => {
  // Go's logging reads its own name, so there must be one argument.
  const wasi = new WASI({ version: 'preview1', args: ['scheduler'], env: {}, preopens: {}, returnOnExit: true });
  const imports = wasi.getImportObject() as { readonly wasi_snapshot_preview1: Readonly<Record<string, unknown>> };
  const sources = createRepeatableSources();
  const { instance } = await WebAssembly.instantiate(code, {
    wasi_snapshot_preview1: { ...imports.wasi_snapshot_preview1, ...sources.imports },
  });
  sources.writeTo(instance.exports['memory'] as Memory);
  wasi.initialize(instance);
  return instance.exports;
};

interface RepeatableSources {
  readonly imports: Readonly<Record<string, unknown>>;
  /** Must be called before the instance uses them. */
  readonly writeTo: (memory: Memory) => void;
}

/** A clock that advances by a microsecond with each call, and numbers that are the same at each initialization. */
const createRepeatableSources = (): RepeatableSources => {
  let memory: Memory = { buffer: new ArrayBuffer(0) };
  let nanoseconds = 0n;
  let seed = 1;
  return {
    imports: {
      clock_time_get: (_clock: number, _precision: bigint, address: number): number => {
        nanoseconds += 1_000n;
        new DataView(memory.buffer).setBigUint64(address, nanoseconds, true);
        return 0;
      },
      random_get: (address: number, length: number): number => {
        const bytes = new Uint8Array(memory.buffer, address, length);
        for (let index = 0; index < length; index += 1) {
          // Marsaglia's xorshift: any sequence will do.
          seed ^= seed << 13;
          seed ^= seed >>> 17;
          seed ^= seed << 5;
          bytes[index] = seed;
        }
        return 0;
      },
    },
    writeTo: (instanceMemory) => {
      memory = instanceMemory;
    },
  };
};

/** Those parts of the memory that are not zero. */
const toSegments = (memory: Buffer): Buffer[] => {
  const words = new BigUint64Array(memory.buffer, memory.byteOffset, memory.length / WORD_BYTES);
  const segments: Buffer[] = [];
  for (let position = 0; position < words.length;) {
    if (words[position] === 0n) {
      position += 1;
      continue;
    }
    const start = position;
    let end = position + 1;
    while (position < words.length && position - end < LEAST_GAP_WORDS) {
      if (words[position] !== 0n) end = position + 1;
      position += 1;
    }
    segments.push(toSegment(memory, start * WORD_BYTES, end * WORD_BYTES));
  }
  return segments;
};

const toSegment = (memory: Buffer, start: number, end: number): Buffer =>
  Buffer.concat([
    Buffer.from([0, OPCODE.i32Const]),
    toSigned(BigInt(start)),
    Buffer.from([OPCODE.end]),
    toUnsigned(end - start),
    memory.subarray(start, end),
  ]);
