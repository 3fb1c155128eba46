import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { runCommand } from '../../stack/processes/run-command.ts';
import { isLongRun } from '../long-run.ts';
import { describeOnRealNodes } from './harness/on-real-nodes.ts';

const DEMO = fileURLToPath(new URL('../../stack/demo/demo.ts', import.meta.url));
const SIMULATED = {
  flags: ['--simulated'],
  acts: [/── 1\. Decommission node-1/, /── 2\. Decommission node-2/],
  // 5 and 4 in the two acts: none was skipped.
  claimCount: 9,
};
const COMPLETE = {
  flags: [],
  acts: [...SIMULATED.acts, /── 3\. A real node/, /── 4\. real-2 cannot finish/],
  // 12 and 5 more.
  claimCount: 26,
};

const toTail = (text: string): readonly string[] => text.trimEnd().split('\n').slice(-15);

(isLongRun ? describeOnRealNodes : describe)('the demo', () => {
  it('proves every claim of its acts', async () => {
    const { flags, acts, claimCount } = isLongRun ? COMPLETE : SIMULATED;
    const { exitCode, stdout, stderr } = await runCommand(process.execPath, [DEMO, ...flags], {
      // With CI set, colors are on, though this is no terminal.
      environment: { ...process.env, NO_COLOR: '1' },
      timeoutMilliseconds: 1_000_000,
    });
    // First the end of its output, which shows where it stopped.
    expect({ exitCode, stderr: toTail(stderr), stdout: toTail(stdout) }).toMatchObject({ exitCode: 0 });
    const claims = stdout.split('\n').filter((line) => /^ {2}(proved|FAILED) {2}/.test(line));
    expect(claims.filter((line) => !line.startsWith('  proved'))).toEqual([]);
    expect(claims).toHaveLength(claimCount);
    for (const act of acts) expect(stdout).toMatch(act);
  });
});
