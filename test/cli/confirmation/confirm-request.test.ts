import { describe, expect, it } from '@jest/globals';
import {
  confirmRequest,
  needsConfirmation,
  readsStandardInput,
} from '../../../src/cli/confirmation/confirm-request.ts';
import { decommissionPlan } from '../../builders/decommission-plan.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { createStreams, recordOutput } from '../recorded-output.ts';
import { toInput, toTerminal } from '../typed-input.ts';

const NAMES_READ = true;

describe('needsConfirmation', () => {
  const streams = (stdin: boolean, stderr: boolean): Parameters<typeof needsConfirmation>[2] =>
    ({ stdin: { isTTY: stdin }, stderr: { isTTY: stderr } }) as never;

  it.each([
    { name: 'on a terminal', stdin: true, stderr: true, options: {}, request: {}, expected: true },
    { name: 'with --yes', stdin: true, stderr: true, options: { yes: true }, request: {}, expected: false },
    { name: 'of a dry run', stdin: true, stderr: true, options: {}, request: { dryRun: true }, expected: false },
    { name: 'without a terminal', stdin: false, stderr: false, options: {}, request: {}, expected: false },
    { name: 'in a pipeline', stdin: false, stderr: true, options: {}, request: {}, expected: false },
    { name: 'whose question no one sees', stdin: true, stderr: false, options: {}, request: {}, expected: false },
  ])('of a command $name: $expected', ({ stdin, stderr, options, request, expected }) => {
    const needed = needsConfirmation(decommissionRequest(request), options, streams(stdin, stderr), false);
    expect(needed).toBe(expected);
  });

  it('is refused where no one can answer, because standard input has the names', () => {
    const needs = (options: object, stderr: boolean): boolean =>
      needsConfirmation(decommissionRequest(), options, streams(false, stderr), NAMES_READ);
    expect(() => needs({}, true)).toThrow('check them with `plan`, then add --yes');
    expect([needs({ yes: true }, true), needs({}, false)]).toEqual([false, false]);
  });
});

it.each([
  [['-'], [undefined], true],
  [['node-1'], ['-'], true],
  [['node-1'], ['request.yaml', undefined], false],
])('names %j and files %j read standard input: %s', (words, files, expected) => {
  expect(readsStandardInput(words, files)).toBe(expected);
});

describe('confirmRequest', () => {
  const ask = async (stdin: object, interruption = new AbortController().signal) => {
    const { output, readNotes } = recordOutput();
    const { streams, readStderr } = createStreams();
    const context = { ...streams, stdin, interruption, environment: { NO_COLOR: '1' } } as never;
    const status = await confirmRequest(decommissionRequest(), decommissionPlan(), output, context);
    return { status, question: readStderr(), notes: readNotes() };
  };

  it.each(['y', 'Y', 'yes'])('continues after %j, and shows first what would happen', async (answer) => {
    const { status, question, notes } = await ask(toTerminal(answer));
    expect({ status, question }).toEqual({ status: undefined, question: 'Start? [y/N] ' });
    expect(notes[0]).toBe('About to decommission 1 node:');
  });

  it.each(['', 'n', 'yess', 'start'])('starts nothing after %j', async (answer) => {
    const { status, notes } = await ask(toTerminal(answer));
    expect({ status, last: notes.at(-1) }).toEqual({ status: 1, last: 'Nothing was started and nothing was changed.' });
  });

  it('starts nothing when it is interrupted, or when the terminal is closed', async () => {
    const interruption = new AbortController();
    const asked = ask(toTerminal('y'), interruption.signal);
    interruption.abort();
    expect(await asked).toMatchObject({ status: 130, question: 'Start? [y/N] ' });
    expect(await ask(Object.assign(toInput(), { isTTY: true }))).toMatchObject({ status: 1 });
  });

  it('asks nothing when it was interrupted while the plan was made', async () => {
    const { status, question, notes } = await ask(toTerminal('y'), AbortSignal.abort());
    expect({ status, question }).toEqual({ status: 130, question: '' });
    expect(notes).toEqual(['Nothing was started and nothing was changed.']);
  });
});
