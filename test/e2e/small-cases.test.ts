import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startHarness, type Harness } from './harness/harness.ts';
import { AFFINITY_AND_RETURN } from './small-cases/affinity-and-return.ts';
import { playSmallCases, type PlayedCase } from './small-cases/play-small-cases.ts';
import { SPREAD_AND_ROOM } from './small-cases/spread-and-room.ts';
import { VOLUMES } from './small-cases/volumes.ts';

const CASES = [...SPREAD_AND_ROOM, ...AFFINITY_AND_RETURN, ...VOLUMES];

describe('small cases of public reports', () => {
  let harness: Harness;
  let played: Readonly<Record<string, PlayedCase>>;

  beforeAll(async () => {
    harness = await startHarness();
    played = await playSmallCases(
      harness.stack,
      CASES.map(([, each]) => each),
    );
  });

  afterAll(async () => {
    await harness.stop();
  });

  it.each(CASES)('%s', (_name, { name, planned, observed }) => {
    const { plan, observed: seen } = played[name]!;
    const placements = plan.nodes.flatMap(({ pods }) => pods).flatMap(({ placement }) => placement ?? []);
    const findings = plan.findings.filter(({ severity, code }) => severity !== 'info' && code !== 'SingleReplica');
    expect({
      verdicts: placements.map(({ verdict }) => verdict).sort(),
      findings: findings.map(({ code, message }) => [code, message]),
      observed: seen,
    }).toEqual({
      verdicts: planned.verdicts,
      findings: planned.findings.map(([code, text]) => [code, expect.stringContaining(text)]),
      observed: {
        pendingAtEnd: observed.pendingWhileCordoned,
        cameBack: 0,
        pendingWorkloads: expect.anything(),
        ...observed,
      },
    });
  });
});
