import { setFlagsFromString } from 'node:v8';
import { WASI } from 'node:wasi';
import { openProgramFile } from './program-file.ts';
import type { ProgramRequest, ProgramResponse } from './protocol.ts';

/** What is used of a global that no type library without a browser declares. */
declare const WebAssembly: {
  readonly instantiate: (
    code: Uint8Array,
    imports: object,
  ) => Promise<{ readonly instance: { readonly exports: object } }>;
};

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
 * @throws Error: the file cannot be read or is not the program.
 */
export const loadProgram = async (path: string): Promise<Program> => {
  const file = openProgramFile(path);
  const code = await file.readModule();
  // Go's logging reads its own name, so there must be one argument.
  const wasi = new WASI({ version: 'preview1', args: ['scheduler'], env: {}, preopens: {}, returnOnExit: true });
  // A plan calls few of its functions: each is validated, as it is compiled, at its first call.
  setFlagsFromString('--wasm-lazy-validation');
  // Ten times V8's own: compiled a second time, for speed, are only the functions of plans that take long.
  setFlagsFromString('--wasm-tiering-budget=130000000');
  const { instance } = await WebAssembly.instantiate(code, wasi.getImportObject());
  // V8 has its own copy; until the next garbage collection there would be two.
  structuredClone(code.buffer, { transfer: [code.buffer] });
  const exports = instance.exports as ProgramExports;
  await file.fillMemory(exports.memory.buffer);
  // Without effect for a module that was built in the state after its initialization.
  wasi.initialize(instance);
  return toProgram(exports);
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
