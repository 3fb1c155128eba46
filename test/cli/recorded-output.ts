import { Writable } from 'node:stream';
import { createOutput, type Output, type OutputFormat } from '../../src/cli/output.ts';

/** An output whose text can be read afterwards. */
export interface RecordedOutput {
  readonly output: Output;
  readonly readStdout: () => string;
  /** Line by line. */
  readonly readNotes: () => readonly string[];
}

export const recordOutput = (format: OutputFormat = 'text', stream = false): RecordedOutput => {
  const { streams, readStdout, readStderr } = createStreams();
  return {
    output: createOutput(format, streams, {}, { stream }),
    readStdout,
    readNotes: () => readStderr().split('\n').slice(0, -1),
  };
};

/** Standard output and standard error that can be read afterwards. */
export const createStreams = (): {
  readonly streams: { readonly stdout: Writable; readonly stderr: Writable };
  readonly readStdout: () => string;
  readonly readStderr: () => string;
} => {
  const [stdout, stderr] = [createSink(), createSink()];
  return {
    streams: { stdout: stdout.stream, stderr: stderr.stream },
    readStdout: stdout.read,
    readStderr: stderr.read,
  };
};

const createSink = (): { readonly stream: Writable; readonly read: () => string } => {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk.toString());
      done();
    },
  });
  return { stream, read: () => chunks.join('') };
};
