import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { WASI } from 'node:wasi';
import { gunzip } from 'node:zlib';
import type { ProgramRequest, ProgramResponse } from './protocol.ts';

/** What is used of a global that no type library without a browser declares. */
declare const WebAssembly: {
  readonly instantiate: (
    code: Uint8Array,
    imports: object,
  ) => Promise<{ readonly instance: { readonly exports: object } }>;
};

const MIN_CHUNK_BYTES = 16_384;
/** A wrong size, of a damaged file, reserves no more. */
const MAX_CHUNK_BYTES = 256 * 1024 * 1024;

/** An instance of the program. Its memory grows with the facts and is released only with the thread. */
export interface Program {
  /** Blocks until the program answers, for seconds with large clusters. */
  readonly call: (request: ProgramRequest) => ProgramResponse;
}

interface ProgramExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Reserves a request's bytes and returns their address. */
  readonly allocate: (length: number) => number;
  /** Answers the request and returns the length of the response. */
  readonly handle: () => number;
  /** The address of the response. */
  readonly response: () => number;
}

/**
 * Compiles and starts the program. It gets no files, no environment and no network.
 * @throws Error: the file cannot be read or is not a WebAssembly module.
 */
export const loadProgram = async (path: string): Promise<Program> => {
  const file = await readFile(path);
  const code = path.endsWith('.gz') ? await decompress(file) : file;
  // Go's logging reads its own name, so there must be one argument.
  const wasi = new WASI({ version: 'preview1', args: ['scheduler'], env: {}, preopens: {}, returnOnExit: true });
  // A plan calls few of its functions: each is validated, as it is compiled, at its first call.
  setFlagsFromString('--wasm-lazy-validation');
  const { instance } = await WebAssembly.instantiate(code, wasi.getImportObject());
  // Without effect for a module that was built in the state after its initialization.
  wasi.initialize(instance);
  return toProgram(instance.exports);
};

/** Into one buffer of the size that the end of the file states (RFC 1952, ISIZE): to join small ones takes twice as long as to decompress. */
const decompress = async (file: Buffer): Promise<Buffer> => {
  const stated = file.length < 4 ? 0 : file.readUInt32LE(file.length - 4);
  const chunkSize = Math.min(Math.max(stated, MIN_CHUNK_BYTES), MAX_CHUNK_BYTES);
  return await promisify(gunzip)(file, { chunkSize });
};

/** @param exports those of an initialized instance */
export const toProgram = (exports: object): Program => ({
  call: (request) => callProgram(exports as ProgramExports, request),
});

const callProgram = (
  { memory, allocate, handle, response }: ProgramExports,
  request: ProgramRequest,
): ProgramResponse => {
  const bytes = Buffer.from(JSON.stringify(request));
  const address = allocate(bytes.length);
  // The buffer of the memory is another one after it has grown.
  new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
  const length = handle();
  return JSON.parse(Buffer.from(memory.buffer, response(), length).toString()) as ProgramResponse;
};
