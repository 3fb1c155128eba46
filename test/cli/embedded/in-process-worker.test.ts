import { afterAll, describe, expect, it } from '@jest/globals';
import { Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import { installRuntime } from '../../../src/cli/embedded/in-process-worker.ts';

afterAll(async () => {
  await Runtime.instance().shutdown();
});

describe('installRuntime', () => {
  it("passes the native part's warnings to the logger: on stdout they would break `-o json`", () => {
    installRuntime(pino({ enabled: false }));
    expect(Runtime.instance().options.runtimeOptions.logExporter).toMatchObject({ type: 'forward' });
  });
});
