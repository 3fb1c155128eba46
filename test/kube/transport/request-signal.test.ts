import { describe, expect, it } from '@jest/globals';
import {
  awaitUnlessAborted,
  runWithoutSignal,
  runWithSignal,
  toRequestSignal,
} from '../../../src/kube/transport/request-signal.ts';

const never = new Promise<never>(() => undefined);

describe('toRequestSignal', () => {
  it('aborts at its deadline', async () => {
    const signal = toRequestSignal(0.01);
    await expect(awaitUnlessAborted(signal, never)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('aborts with the ambient signal, across awaits', async () => {
    const ending = new AbortController();
    const signal = await runWithSignal(ending.signal, async () => {
      await Promise.resolve();
      return toRequestSignal(60);
    });
    expect(signal.aborted).toBe(false);
    ending.abort();
    expect(signal.aborted).toBe(true);
  });

  it('ignores the ambient signal inside runWithoutSignal', () => {
    const ending = new AbortController();
    const signal = runWithSignal(ending.signal, () => runWithoutSignal(() => toRequestSignal(60)));
    ending.abort();
    expect(signal.aborted).toBe(false);
  });
});

describe('awaitUnlessAborted', () => {
  it('returns the result of work that ends in time', async () => {
    await expect(awaitUnlessAborted(new AbortController().signal, Promise.resolve(1))).resolves.toBe(1);
  });

  it('does not wait when the signal has aborted already', async () => {
    await expect(awaitUnlessAborted(AbortSignal.abort(), never)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
