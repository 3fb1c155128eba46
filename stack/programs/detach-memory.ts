import type { MemorySegment } from '../../src/scheduler/program-file.ts';
import { SECTION, createReader, joinModule, splitModule, toUnsigned, type SectionReader } from './module-sections.ts';

/**
 * The module without its data, and what was in it. Its memory is as large as before.
 * @param code all of its data is for constant addresses of its first memory, as after `initializeModule`
 * @throws Error: it is not a WebAssembly module.
 */
export const detachMemory = (
  code: Buffer,
): { readonly module: Buffer; readonly segments: readonly MemorySegment[] } => {
  const sections = splitModule(code);
  const data = createReader(sections.find(({ id }) => id === SECTION.data)?.content ?? toUnsigned(0));
  const segments = Array.from({ length: data.unsigned() }, () => readSegment(data));
  const none = toUnsigned(0);
  const module = joinModule(
    sections.map(({ id, content }) => ({
      id,
      content: id === SECTION.data || id === SECTION.dataCount ? none : content,
    })),
  );
  return { module, segments };
};

/** The number of the memory, `i32.const` with the address, the end of the expression, the length, the bytes. */
const readSegment = (data: SectionReader): MemorySegment => {
  data.byte();
  data.byte();
  const address = data.signed();
  data.byte();
  return { address, bytes: data.bytes(data.unsigned()) };
};
