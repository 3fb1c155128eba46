import { describe, expect, it } from '@jest/globals';
import { undoListed, type UndoOptions } from '../../../src/cli/janitor/undo-listed.ts';
import { OWNER_TASK_ANNOTATION } from '../../../src/domain/cluster/annotations.ts';
import type { Leftover } from '../../../src/domain/janitor/leftover.ts';
import { leftover } from '../../builders/leftover.ts';
import { node } from '../../builders/node.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { createStreams, recordOutput } from '../recorded-output.ts';
import { toInput, toTerminal } from '../typed-input.ts';

interface Given {
  readonly found?: readonly Leftover[];
  /** What is there after the answer. */
  readonly then?: readonly Leftover[];
  readonly options?: UndoOptions;
  /** Typed on the terminal; absent: the input is not one. */
  readonly typed?: string;
  readonly interrupted?: boolean;
}

const undo = ({ found = [leftover()], then = found, options = {}, typed, interrupted = false }: Given) => {
  const cluster = new FakeCluster({ nodes: [node({ annotations: { [OWNER_TASK_ANNOTATION]: 'task-1' } })] });
  const { output, readStdout, readNotes } = recordOutput('json');
  const { streams, readStderr } = createStreams();
  const stdin = typed === undefined ? toInput() : toTerminal(typed);
  const ended = undoListed(
    cluster,
    { leftovers: found, notChecked: [] },
    () => Promise.resolve({ leftovers: then, notChecked: [] }),
    options,
    output,
    { ...streams, stdin, interruption: interrupted ? AbortSignal.abort() : new AbortController().signal } as never,
  );
  return {
    ended,
    question: readStderr,
    notes: readNotes,
    results: () => (JSON.parse(readStdout()) as { readonly undo: readonly { readonly status: string }[] }).undo,
    writeCount: () => cluster.argsOf('patchNode').length,
  };
};

describe('undoListed', () => {
  it('asks on a terminal, after it has shown the list', async () => {
    const { ended, question, notes, results } = undo({ typed: 'y' });
    expect(await ended).toBe(0);
    expect(question()).toBe('Undo 1 change? [y/N] ');
    expect(notes()[0]).toBe('Node node-1: its cordon and annotations');
    expect(results()).toMatchObject([{ status: 'Kept', remains: false }]);
  });

  it.each(['n', '', 'yet'])('changes nothing when the answer is "%s"', async (typed) => {
    const { ended, notes, writeCount } = undo({ typed });
    expect(await ended).toBe(1);
    expect(notes().at(-1)).toBe('Nothing was changed.');
    expect(writeCount()).toBe(0);
  });

  it('changes nothing when the question is interrupted', async () => {
    const { ended, writeCount } = undo({ typed: 'y', interrupted: true });
    expect(await ended).toBe(130);
    expect(writeCount()).toBe(0);
  });

  it('refuses a script without --yes, and does not ask with it', async () => {
    const { ended, writeCount } = undo({});
    await expect(ended).rejects.toMatchObject({ code: 'Usage', exitStatus: 2 });
    expect(writeCount()).toBe(0);
    const confirmed = undo({ options: { yes: true } });
    expect(await confirmed.ended).toBe(0);
    expect(confirmed.question()).toBe('');
  });

  it.each<[string, Leftover]>([
    ['a node past its point of no return', leftover({ stays: 'it is past.' })],
    ['a task of which it is unknown whether it runs', leftover({ task: 'unknown' })],
    ['a host', leftover({ kind: 'host', target: { kind: 'Host', nodeName: 'node-1' } })],
  ])('neither asks about %s nor touches it, and needs an operator', async (_what, stays) => {
    const { ended, question, results, writeCount } = undo({ found: [stays] });
    expect(await ended).toBe(4);
    expect(question()).toBe('');
    expect(results()).toMatchObject([{ status: 'Kept', remains: true }]);
    expect(writeCount()).toBe(0);
  });

  it('includes what is unknown when an operator has confirmed it', async () => {
    const options = { yes: true, includeUnknown: true };
    const { ended } = undo({ found: [leftover({ task: 'unknown' })], options });
    expect(await ended).toBe(0);
  });

  it('undoes only what was shown, and only what is still there', async () => {
    const added = leftover({ object: 'Node node-2', target: { kind: 'Host', nodeName: 'node-2' } });
    const { ended, results } = undo({ then: [added], options: { yes: true } });
    expect(await ended).toBe(0);
    expect(results()).toEqual([]);
  });
});
