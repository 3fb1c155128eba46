import type { InputStream } from '../cli-context.ts';

/** What was typed earlier is delivered at once; without any for so long, nothing is left. */
const QUIET_MILLISECONDS = 30;
const CTRL_C = '\u0003';

/** The part of a terminal's stream that is used here. */
export type TypedInput = InputStream & Pick<NodeJS.ReadStream, 'setRawMode' | 'on' | 'off'>;

/**
 * Drops what was typed before the question, half a line included: a terminal keeps it and would deliver it as the answer. Other input is left
 * alone. `interrupted`: Ctrl-C was among it; for these milliseconds the terminal sends no signal.
 */
export const discardTyped = async (stdin: InputStream): Promise<'interrupted' | undefined> => {
  if (!isTerminal(stdin)) return undefined;
  // Without raw mode, the terminal keeps a line until it is complete.
  stdin.setRawMode(true);
  try {
    return (await readUntilQuiet(stdin)).includes(CTRL_C) ? 'interrupted' : undefined;
  } finally {
    // Not paused: Node would not read a terminal again that was paused while it waits for input.
    stdin.setRawMode(false);
  }
};

const isTerminal = (stdin: InputStream): stdin is TypedInput => stdin.isTTY === true && 'setRawMode' in stdin;

const readUntilQuiet = (stdin: TypedInput): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    const end = (): void => {
      stdin.off('data', add);
      resolve(text);
    };
    const timer = setTimeout(end, QUIET_MILLISECONDS);
    const add = (chunk: Buffer | string): void => {
      text += String(chunk);
      timer.refresh();
    };
    stdin.on('data', add);
  });
