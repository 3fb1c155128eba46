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

/** Closed with that report; `plan` resolves or rejects with `queried`. */
const closedHandle = (report: DecommissionReport, queried: DecommissionPlan | null | Error): DecommissionHandle => {
  const handle: Partial<DecommissionHandle> = {
    workflowId: 'id-1',
    async *progress() {
      yield await Promise.resolve(joinedStatus({ phase: 'Closed' }));
    },
    report: () => Promise.resolve(report),
    plan: () => (queried instanceof Error ? Promise.reject(queried) : Promise.resolve(queried)),
  };
  return handle as DecommissionHandle;
};

const watch = async (
  handle: DecommissionHandle,
  recorded: RecordedOutput,
  overrides: Parameters<typeof cliContext>[1] = {},
): Promise<DecommissionReport | undefined> => watchToEnd(handle, recorded.output, cliContext('/nowhere', overrides));

const findings = `
Refusals (1)
  ✗ BarePod: pod default/bare is a bare pod.

Notes (1)
  · JobStartsOver: job default/job starts over.
`;

describe('watchToEnd', () => {
  it('shows every finding of the plan when it ends as Refused, not only those in the message', async () => {
    const recorded = recordOutput();
    expect(await watch(closedHandle(refused, plan), recorded)).toEqual(refused);
    expect(recorded.readStdout()).toContain('Refused: preflight refuses: the first ten.');
    expect(recorded.readStdout().endsWith(findings)).toBe(true);
    expect(recorded.readNotes()).toEqual([]);
  });

  it.each([
    { name: 'with another outcome', report: decommissionReport(), queried: plan },
    {
      name: 'that is refused because of another task',
      report: refused,
      queried: decommissionPlan({ findings: plan.findings }),
    },
    { name: 'without a plan', report: refused, queried: null },
  ])('shows no findings for a decommission $name', async ({ report, queried }) => {
    const recorded = recordOutput();
    await watch(closedHandle(report, queried), recorded);
    expect(recorded.readStdout()).not.toContain('Notes (1)');
    expect(recorded.readNotes()).toEqual([]);
  });

  it.each([new NoWorkerError('no worker polls'), new Error('14 UNAVAILABLE: secret.example')])(
    'names the command that lists the findings when the plan cannot be read: %p',
    async (error) => {
      const recorded = recordOutput();
      expect(await watch(closedHandle(refused, error), recorded)).toEqual(refused);
      expect(recorded.readNotes()).toEqual([
        'The plan cannot be read now. To list all findings, run `plan` with the same arguments.',
      ]);
    },
  );

  it('prints only the report as JSON', async () => {
    const recorded = recordOutput('json');
    await watch(closedHandle(refused, plan), recorded);
    expect(JSON.parse(recorded.readStdout())).toEqual(refused);
  });

  it('prints each change of the status and then the report as one line each in a stream', async () => {
    const recorded = recordOutput('json', true);
    const statuses = [joinedStatus(), joinedStatus(), joinedStatus({ phase: 'Closed' })];
    const handle: Partial<DecommissionHandle> = {
      ...closedHandle(refused, plan),
      async *progress() {
        yield* await Promise.resolve(statuses);
      },
    };
    await watch(handle as DecommissionHandle, recorded);
    const lines = recorded.readStdout().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { version: 1, type: 'status', status: statuses[0] },
      { version: 1, type: 'status', status: statuses[2] },
      { version: 1, type: 'report', report: refused },
    ]);
    expect(recorded.readNotes()).toEqual([]);
  });

  it('prints the command under the program name in use when it is interrupted', async () => {
    const recorded = recordOutput();
    const handle: Partial<DecommissionHandle> = {
      workflowId: 'id-1',
      // Interrupted before the first status.
      progress: () => ({
        [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: null }) }),
      }),
    };
    const programName = 'kubectl decommission';
    expect(await watch(handle as DecommissionHandle, recorded, { programName })).toBeUndefined();
    expect(recorded.readNotes()).toEqual(['The drain continues. To watch it again: kubectl decommission watch id-1']);
  });
});
