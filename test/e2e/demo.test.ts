import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { runCommand } from '../../stack/processes/run-command.ts';
import { describeOnRealNodes } from './harness/on-real-nodes.ts';

const DEMO = fileURLToPath(new URL('../../stack/demo/demo.ts', import.meta.url));
const ACTS = [
  /── 1\. Decommission node-1/,
  /── 2\. Decommission node-2/,
  /── 3\. A real node/,
  /── 4\. real-2 cannot finish/,
];

const toTail = (text: string): readonly string[] => text.trimEnd().split('\n').slice(-15);

describeOnRealNodes('the demo', () => {
  it('proves every claim of its four acts', async () => {
    const { exitCode, stdout, stderr } = await runCommand(process.execPath, [DEMO], {
      // With CI set, colors are on, though this is no terminal.
      environment: { ...process.env, NO_COLOR: '1' },
      timeoutMilliseconds: 1_000_000,
    });
    // First the end of its output, which shows where it stopped.
    expect({ exitCode, stderr: toTail(stderr), stdout: toTail(stdout) }).toMatchObject({ exitCode: 0 });
    const claims = stdout.split('\n').filter((line) => /^ {2}(proved|FAILED) {2}/.test(line));
    expect(claims.filter((line) => !line.startsWith('  proved'))).toEqual([]);
    // 5, 4, 12 and 5 in the four acts: none was skipped.
    expect(claims).toHaveLength(26);
    for (const act of ACTS) expect(stdout).toMatch(act);
  });
});
