import { initializeModule } from '../../../stack/programs/initialize-module.ts';
import {
  SECTION,
  joinModule,
  toName,
  toSigned,
  toUnsigned,
  toVector,
} from '../../../stack/programs/module-sections.ts';
import type { ModuleSection } from '../../../stack/programs/module-sections.ts';

declare const WebAssembly: {
  readonly instantiate: (
    code: Uint8Array,
    imports: object,
  ) => Promise<{ readonly instance: { readonly exports: object } }>;
};

interface Exports {
  readonly _initialize?: () => void;
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly small: () => number;
  readonly large: () => bigint;
  readonly fixed: () => number;
}

const I32 = 0x7f;
const I64 = 0x7e;
const END = 0x0b;
const ADDRESS = 200_000;
const NUMBER_OF_PAGES = 4;

const i32 = (value: number): Buffer => Buffer.concat([Buffer.from([0x41]), toSigned(BigInt(value))]);
const i64 = (value: bigint): Buffer => Buffer.concat([Buffer.from([0x42]), toSigned(value)]);
const bytes = (...parts: readonly (number | Buffer)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part)));
const sized = (content: Buffer): Buffer => bytes(toUnsigned(content.length), content);

/** Without its end. */
const INITIALIZE_BODY = bytes(
  ...[i32(-70_000), 0x24, 0],
  ...[i64(-(2n ** 40n)), 0x24, 1],
  // Stores 7 at the address.
  ...[i32(ADDRESS), i32(7), 0x36, 2, 0],
);

/** Three globals with a function that returns each, one memory with a word of data, and `_initialize`, which changes all but the third. */
const SECTIONS: readonly ModuleSection[] = [
  {
    id: 1,
    content: toVector([Buffer.from([0x60, 0, 0]), Buffer.from([0x60, 0, 1, I32]), Buffer.from([0x60, 0, 1, I64])]),
  },
  { id: 3, content: Buffer.from([4, 0, 1, 2, 1]) },
  { id: SECTION.memory, content: toVector([Buffer.from([0, NUMBER_OF_PAGES])]) },
  {
    id: SECTION.global,
    content: toVector([bytes(I32, 1, i32(1), END), bytes(I64, 1, i64(1n), END), bytes(I32, 0, i32(123_456), END)]),
  },
  {
    id: SECTION.export,
    content: toVector([
      ...['_initialize', 'small', 'large', 'fixed'].map((name, index) => bytes(toName(name), 0, index)),
      bytes(toName('memory'), 2, 0),
    ]),
  },
  {
    id: 10,
    content: toVector([
      sized(bytes(0, INITIALIZE_BODY, END)),
      ...[0, 1, 2].map((global) => sized(bytes(0, 0x23, global, END))),
    ]),
  },
  { id: SECTION.data, content: toVector([bytes(0, i32(16), END, sized(Buffer.from([5])))]) },
];

const load = async (code: Buffer): Promise<Exports> =>
  (await WebAssembly.instantiate(code, {})).instance.exports as Exports;

const readState = ({ memory, small, large, fixed }: Exports): object => {
  const words = new Uint8Array(memory.buffer);
  return {
    small: small(),
    large: large(),
    fixed: fixed(),
    data: words[16],
    stored: words[ADDRESS],
    length: words.length,
  };
};

const withSection = (id: number, content: Buffer): Buffer => {
  const sections = SECTIONS.filter((section) => section.id !== id);
  const position = sections.findIndex((section) => section.id > id);
  return joinModule([...sections.slice(0, position), { id, content }, ...sections.slice(position)]);
};

describe('initializeModule', () => {
  test('the module has the memory and globals that its initialization leaves', async () => {
    const initialized = await load(await initializeModule(joinModule(SECTIONS)));

    const original = await load(joinModule(SECTIONS));
    original._initialize?.();
    expect(readState(initialized)).toEqual(readState(original));
    expect(readState(initialized)).toEqual({
      small: -70_000,
      large: -(2n ** 40n),
      fixed: 123_456,
      data: 5,
      stored: 7,
      length: NUMBER_OF_PAGES * 65_536,
    });
  });

  test('the module exports the same without its initialization', async () => {
    const initialized = await load(await initializeModule(joinModule(SECTIONS)));

    expect(Object.keys(initialized).sort()).toEqual(['fixed', 'large', 'memory', 'small']);
  });

  test('what is prepared after the initialization is part of the state', async () => {
    const code = await initializeModule(joinModule(SECTIONS), (exports) => {
      new Uint8Array((exports as unknown as Exports).memory.buffer)[40_000] = 9;
    });

    const { memory } = await load(code);
    expect(new Uint8Array(memory.buffer)[40_000]).toBe(9);
  });

  test('an initialized module stays as it is', async () => {
    const once = await initializeModule(joinModule(SECTIONS));

    expect((await initializeModule(once)).equals(once)).toBe(true);
  });

  const UNSUPPORTED: readonly (readonly [string, Buffer, string])[] = [
    ['text', Buffer.from('no module at all'), 'This is not a WebAssembly module.'],
    ['a start function', withSection(SECTION.start, Buffer.from([0])), 'The module has a start function.'],
    ['no memory', joinModule(SECTIONS.filter(({ id }) => id !== SECTION.memory)), 'The module has no section 5.'],
    [
      'a memory with a limit',
      withSection(SECTION.memory, toVector([Buffer.from([1, 4, 8])])),
      'The module needs one memory without a limit.',
    ],
    [
      'passive data',
      withSection(SECTION.data, toVector([bytes(1, sized(Buffer.from([5])))])),
      'The module has data that is not part of its first memory.',
    ],
    [
      'a global with a computed value',
      withSection(SECTION.global, toVector([bytes(I32, 1, 0x23, 0, END)])),
      'The module has an initial value with the unsupported instruction 35.',
    ],
  ];

  test.each(UNSUPPORTED)('%s is refused', async (_what, code, message) => {
    await expect(initializeModule(code)).rejects.toThrow(message);
  });
});
