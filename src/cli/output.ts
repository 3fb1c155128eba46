import { stringify } from 'yaml';
import { createPaint, type Paint } from './format/paint.ts';

/** `wide` and `markdown` are forms of the text for people, `name` is one name per line for other commands; only some verbs have them. */
export type OutputFormat = 'text' | 'wide' | 'markdown' | 'name' | 'json' | 'yaml';

export const isForMachines = (format: OutputFormat): format is 'json' | 'yaml' =>
  format === 'json' || format === 'yaml';

/** A stream that may be a terminal. */
export type TerminalStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** The output of a command: one result on stdout, which in a stream comes after events; notes go to stderr. */
export interface Output {
  readonly format: OutputFormat;
  /** True for data (`json`, `yaml`) in a stream: events are printed as they occur. */
  readonly isStream: boolean;
  /** For text that goes to `progressStream`. */
  readonly paint: Paint;
  /** Of the terminal that shows the result; 0: it is no terminal, and scripts get each line whole. */
  readonly columns: number;
  /** For the live view or the change lines: stdout in a format for people, else stderr. */
  readonly progressStream: TerminalStream;
  /** Prints the result as JSON, as YAML or as text; in a stream as an object of one line, or as a document. */
  readonly result: (value: unknown, toText: (paint: Paint) => string) => void;
  /** Prints one line on stderr. */
  readonly note: (line: string) => void;
}

/** Colours are on where the stream is a terminal and NO_COLOR is not set. */
export const createOutput = (
  format: OutputFormat,
  streams: { readonly stdout: TerminalStream; readonly stderr: TerminalStream },
  environment: NodeJS.ProcessEnv,
  { stream = false }: { readonly stream?: boolean } = {},
): Output => {
  const isStream = stream && isForMachines(format);
  const progressStream = isForMachines(format) || format === 'name' ? streams.stderr : streams.stdout;
  const allowed = (environment['NO_COLOR'] ?? '') === '';
  const paint = createPaint(allowed && progressStream.isTTY === true);
  return {
    format,
    isStream,
    paint,
    columns: streams.stdout.isTTY === true ? (streams.stdout.columns ?? 0) : 0,
    progressStream,
    result: (value, toText) => {
      streams.stdout.write(`${isForMachines(format) ? toData(value, format, isStream) : toText(paint)}\n`);
    },
    note: (line) => {
      streams.stderr.write(`${line}\n`);
    },
  };
};

/** YAML repeats a shared object instead of an alias, which not every reader resolves. */
const toData = (value: unknown, format: 'json' | 'yaml', isStream: boolean): string => {
  if (format === 'json') return JSON.stringify(value, undefined, isStream ? undefined : 2);
  const document = stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 }).trimEnd();
  return isStream ? `---\n${document}` : document;
};
