import { describe, expect, it } from '@jest/globals';
import { watchToEnd } from '../../../src/cli/decommission/watch-to-end.ts';
import { NoWorkerError } from '../../../src/client/decommission-error.ts';
import type { DecommissionHandle } from '../../../src/client/decommission-handle.ts';
import type { DecommissionPlan } from '../../../src/domain/plan/decommission-plan.ts';
import type { DecommissionReport } from '../../../src/domain/run/report.ts';
import { decommissionPlan } from '../../builders/decommission-plan.ts';
import { decommissionReport } from '../../builders/decommission-report.ts';
import { joinedStatus } from '../../builders/run-status.ts';
import { cliContext } from '../embedded/fake-session.ts';
import { recordOutput, type RecordedOutput } from '../recorded-output.ts';

const refused = decommissionReport({ outcome: 'Refused', message: 'preflight refuses: the first ten. And 1 more.' });
const plan = decommissionPlan({
  verdict: 'Refused',
  findings: [
    { code: 'BarePod', severity: 'refusal', subject: 'default/bare', message: 'pod default/bare is a bare pod.' },
    { code: 'JobStartsOver', severity: 'info', subject: 'default/job', message: 'job default/job starts over.' },
  ],
});

/** Closed as that report, with that answer to the question for its plan. */
const closedHandle = (report: DecommissionReport, answer: DecommissionPlan | null | Error): DecommissionHandle => {
  const handle: Partial<DecommissionHandle> = {
    workflowId: 'id-1',
    async *progress() {
      yield await Promise.resolve(joinedStatus({ phase: 'Closed' }));
    },
    report: () => Promise.resolve(report),
    plan: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)),
  };
  return handle as DecommissionHandle;
};

const watch = async (
  handle: DecommissionHandle,
  recorded: RecordedOutput,
  overrides: Parameters<typeof cliContext>[1] = {},
): Promise<DecommissionReport | undefined> => watchToEnd(handle, recorded.output, cliContext('/nowhere', overrides));

const findings = `
Refused because (1)
  ✗ BarePod: pod default/bare is a bare pod.

Good to know (1)
  · JobStartsOver: job default/job starts over.
`;

describe('watchToEnd', () => {
  it('shows every finding of the plan when it ends as Refused, not only those of the sentence', async () => {
    const recorded = recordOutput();
    expect(await watch(closedHandle(refused, plan), recorded)).toEqual(refused);
    expect(recorded.readStdout()).toContain('Refused: preflight refuses: the first ten.');
    expect(recorded.readStdout().endsWith(findings)).toBe(true);
    expect(recorded.readNotes()).toEqual([]);
  });

  it.each([
    { name: 'of another outcome', report: decommissionReport(), answer: plan },
    { name: 'that another task refuses', report: refused, answer: decommissionPlan({ findings: plan.findings }) },
    { name: 'that came to no plan', report: refused, answer: null },
  ])('shows none for one $name', async ({ report, answer }) => {
    const recorded = recordOutput();
    await watch(closedHandle(report, answer), recorded);
    expect(recorded.readStdout()).not.toContain('Good to know');
    expect(recorded.readNotes()).toEqual([]);
  });

  it.each([new NoWorkerError('no worker polls'), new Error('14 UNAVAILABLE: secret.example')])(
    'says where the findings are to be had when nobody can tell them: %p',
    async (error) => {
      const recorded = recordOutput();
      expect(await watch(closedHandle(refused, error), recorded)).toEqual(refused);
      expect(recorded.readNotes()).toEqual([
        'Its plan cannot be asked for now; `plan` with the same arguments shows all that it finds.',
      ]);
    },
  );

  it('gives machines the report alone', async () => {
    const recorded = recordOutput('json');
    await watch(closedHandle(refused, plan), recorded);
    expect(JSON.parse(recorded.readStdout())).toEqual(refused);
  });

  it('names the command as the person typed it when the watching is interrupted', async () => {
    const recorded = recordOutput();
    const handle: Partial<DecommissionHandle> = {
      workflowId: 'id-1',
      // Interrupted before the first look.
      progress: () => ({
        [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: null }) }),
      }),
    };
    const programName = 'kubectl decommission';
    expect(await watch(handle as DecommissionHandle, recorded, { programName })).toBeUndefined();
    expect(recorded.readNotes()).toEqual(['The drain goes on. Watch it again: kubectl decommission watch id-1']);
  });
});
