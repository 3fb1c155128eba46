import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDefaultRequester } from '../../../src/cli/request/default-requester.ts';
import { readGivenRequest } from '../../../src/cli/request/request-from-options.ts';
import { writeSavedPlan } from '../../../src/cli/request/saved-plan.ts';
import { toPlanBasis } from '../../../src/domain/plan/to-plan-basis.ts';
import { planDecommission } from '../../../src/domain/plan/plan-decommission.ts';
import { preflightFacts } from '../../builders/preflight-facts.ts';
import { createStreams } from '../recorded-output.ts';

const plan = planDecommission(preflightFacts({}), '2026-01-01T00:00:00Z');
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node-decommission-plan-'));
  path = join(folder, 'plan.json');
});
afterEach(() => rm(folder, { recursive: true }));

const read = (nodeNames: readonly string[], options: object): ReturnType<typeof readGivenRequest> =>
  readGivenRequest(
    nodeNames,
    { ...options, plan: path },
    {
      ...createStreams().streams,
      environment: { USER: 'ann' },
      stdin: (async function* () {})(),
      interruption: new AbortController().signal,
      programName: 'node-decommission',
    },
  );

describe('a saved plan', () => {
  it('is run with its own request, held to it, for who starts it', async () => {
    await writeSavedPlan(path, { nodeNames: ['node-1'], force: true, requestedBy: 'planner' }, plan);
    const { input } = await read([], {});
    expect(input).toEqual({
      nodeNames: ['node-1'],
      force: true,
      requestedBy: readDefaultRequester({}),
      expectedPlan: toPlanBasis(plan),
    });
  });

  it('contains the plan for its reader', async () => {
    await writeSavedPlan(path, { nodeNames: ['node-1'] }, plan);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ version: 1, plan: { verdict: plan.verdict } });
  });

  it.each([
    ['node names', ['node-2'], {}, 'node names cannot be given beside it'],
    ['a flag', [], { force: true }, 'force cannot be given beside it'],
  ])('refuses %s beside it', async (_name, nodeNames, options, message) => {
    await writeSavedPlan(path, { nodeNames: ['node-1'] }, plan);
    await expect(read(nodeNames, options)).rejects.toMatchObject({
      exitStatus: 2,
      message: expect.stringContaining(message) as unknown,
    });
  });

  it('refuses another file', async () => {
    await writeFile(path, '{"nodeNames": ["node-1"]}');
    await expect(read([], {})).rejects.toMatchObject({
      message: `${path} is not a plan of this version: write one with \`plan --out ${path}\`.`,
    });
  });

  it('names the file that cannot be written', async () => {
    await expect(writeSavedPlan(join(folder, 'none/plan.json'), { nodeNames: ['node-1'] }, plan)).rejects.toMatchObject(
      {
        code: 'PlanNotSaved',
        message: expect.stringContaining('none/plan.json (ENOENT)') as unknown,
      },
    );
  });
});
