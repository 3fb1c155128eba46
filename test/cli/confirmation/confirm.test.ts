import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { confirm, type Answer } from '../../../src/cli/confirmation/confirm.ts';
import { createStreams } from '../recorded-output.ts';

/** A terminal: in its line mode it keeps half a line, as the kernel does. */
const createTerminal = () => {
  const stream = new PassThrough();
  const modes: boolean[] = [];
  let kept = '';
  const setRawMode = (mode: boolean): void => {
    modes.push(mode);
    if (mode && kept !== '') stream.write(kept);
    kept = '';
  };
  const type = (text: string): void => {
    const end = text.lastIndexOf('\n') + 1;
    if (end > 0) stream.write(text.slice(0, end));
    kept += text.slice(end);
  };
  return { stdin: Object.assign(stream, { isTTY: true as const, setRawMode }), type, modes };
};

/** Types `before` at once, and `after` when the question is shown. */
const ask = async (before: string, after: string): Promise<{ answer: Answer; screen: string; modes: boolean[] }> => {
  const { stdin, type, modes } = createTerminal();
  const { streams, readStderr } = createStreams();
  const write = streams.stderr.write.bind(streams.stderr);
  const stderr = Object.assign(streams.stderr, {
    write: (text: string) => {
      const isWritten = write(text);
      type(after);
      return isWritten;
    },
  });
  type(before);
  const answer = await confirm('Start?', { stdin, stderr, interruption: new AbortController().signal });
  return { answer, screen: readStderr(), modes };
};

describe('confirm', () => {
  it.each<{ readonly before: string; readonly after: string; readonly answer: Answer }>([
    { before: '', after: 'y\n', answer: 'yes' },
    { before: 'y\n', after: 'n\n', answer: 'no' },
    { before: 'y\ny\nyes\n', after: '\n', answer: 'no' },
    { before: 'y', after: '\n', answer: 'no' },
    { before: 'n\n', after: 'yes\n', answer: 'yes' },
    { before: '\u0003', after: 'y\n', answer: 'interrupted' },
  ])('of a terminal where $before was typed before and $after after the question: $answer', async (row) => {
    expect(await ask(row.before, row.after)).toEqual({
      answer: row.answer,
      screen: 'Start? [y/N] ',
      modes: [true, false],
    });
  });
});
