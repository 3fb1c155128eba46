import { describe, expect, it } from '@jest/globals';
import { createWorkerGroup, toWorkerGroup, type GroupedWorker } from '../../src/worker/worker-group.ts';

type State = ReturnType<GroupedWorker['getState']>;

/** Runs until it is shut down, or fails. */
class FakeWorker implements GroupedWorker {
  state: State = 'INITIALIZED';
  #end: () => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;

  getState(): State {
    return this.state;
  }

  run(): Promise<void> {
    this.state = 'RUNNING';
    return new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
  }

  shutdown(): void {
    if (this.state !== 'RUNNING') throw new Error(`not running: ${this.state}`);
    this.state = 'STOPPED';
    this.#end();
  }

  fail(error: Error): void {
    this.state = 'FAILED';
    this.#fail(error);
  }
}

describe('toWorkerGroup', () => {
  it('runs all and ends all', async () => {
    const workers = [new FakeWorker(), new FakeWorker()];
    const group = toWorkerGroup(workers);
    const ended = group.run();
    expect(workers.map(({ state }) => state)).toEqual(['RUNNING', 'RUNNING']);
    group.shutdown();
    group.shutdown();
    await ended;
    expect(workers.map(({ state }) => state)).toEqual(['STOPPED', 'STOPPED']);
  });

  it('ends the others when one fails, and throws its error', async () => {
    const [one, other] = [new FakeWorker(), new FakeWorker()];
    const ended = toWorkerGroup([one, other]).run();
    other.fail(new Error('the namespace is gone'));
    await expect(ended).rejects.toThrow('the namespace is gone');
    expect(one.state).toBe('STOPPED');
  });

  it('may be shut down before it runs', () => {
    expect(() => {
      toWorkerGroup([new FakeWorker()]).shutdown();
    }).not.toThrow();
  });
});

describe('createWorkerGroup', () => {
  it('closes those that were created when another cannot be', async () => {
    const created = new FakeWorker();
    const failed = Promise.reject(new Error('no bundle'));
    await expect(createWorkerGroup([Promise.resolve(created), failed])).rejects.toThrow('no bundle');
    expect(created.state).toBe('STOPPED');
  });
});
