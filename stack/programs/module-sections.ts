/**
 * One section of a WebAssembly module: its id and content, without its length.
 * @see https://webassembly.github.io/spec/core/binary/modules.html
 */
export interface ModuleSection {
  readonly id: number;
  readonly content: Buffer;
}

export const SECTION = { memory: 5, global: 6, export: 7, start: 8, data: 11, dataCount: 12 } as const;

/** Magic number and version. */
const HEADER_BYTES = 8;

/** @throws Error: it is not a module of version 1. */
export const splitModule = (code: Buffer): ModuleSection[] => {
  if (code.toString('latin1', 0, HEADER_BYTES) !== '\0asm\x01\0\0\0')
    throw new Error('This is not a WebAssembly module.');
  const reader = createReader(code, HEADER_BYTES);
  const sections: ModuleSection[] = [];
  while (!reader.isAtEnd()) sections.push({ id: reader.byte(), content: reader.bytes(reader.unsigned()) });
  return sections;
};

export const joinModule = (sections: readonly ModuleSection[]): Buffer =>
  Buffer.concat([
    Buffer.from('\0asm\x01\0\0\0', 'latin1'),
    ...sections.flatMap(({ id, content }) => [Buffer.from([id]), toUnsigned(content.length), content]),
  ]);

/** The content of a section that is a vector: a count, then its entries. */
export const toVector = (entries: readonly Buffer[]): Buffer => Buffer.concat([toUnsigned(entries.length), ...entries]);

export const toName = (name: string): Buffer => Buffer.concat([toUnsigned(Buffer.byteLength(name)), Buffer.from(name)]);

/** LEB128, as all integers in a module. */
export const toUnsigned = (value: number): Buffer => {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return Buffer.from(bytes);
};

export const toSigned = (value: bigint): Buffer => {
  const bytes: number[] = [];
  for (let rest = value; ;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const isLast = rest === ((low & 0x40) === 0 ? 0n : -1n);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return Buffer.from(bytes);
  }
};

/** Reads the content of a section from front to back. */
export interface SectionReader {
  readonly byte: () => number;
  readonly bytes: (length: number) => Buffer;
  readonly unsigned: () => number;
  readonly signed: () => number;
  /** Passes over an integer of either kind. */
  readonly skipInteger: () => void;
  readonly position: () => number;
  readonly isAtEnd: () => boolean;
}

export const createReader = (content: Buffer, start = 0): SectionReader => {
  let position = start;
  const byte = (): number => {
    const value = content[position];
    if (value === undefined) throw new Error(`The WebAssembly module ends early, at byte ${position} of a section.`);
    position += 1;
    return value;
  };
  const unsigned = (): number => {
    for (let value = 0, factor = 1; ; factor *= 128) {
      const next = byte();
      value += (next & 0x7f) * factor;
      if (next < 0x80) return value;
    }
  };
  return {
    byte,
    unsigned,
    signed: () => {
      for (let value = 0, factor = 1; ;) {
        const next = byte();
        value += (next & 0x7f) * factor;
        factor *= 128;
        if (next < 0x80) return (next & 0x40) === 0 ? value : value - factor;
      }
    },
    bytes: (length) => {
      position += length;
      return content.subarray(position - length, position);
    },
    skipInteger: () => {
      while (byte() >= 0x80);
    },
    position: () => position,
    isAtEnd: () => position >= content.length,
  };
};
