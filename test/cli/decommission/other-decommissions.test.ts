import { describe, expect, it } from '@jest/globals';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import {
  readOpenDecommissions,
  refuseBesideOthers,
  toServedNote,
} from '../../../src/cli/decommission/other-decommissions.ts';
import type { DecommissionClient } from '../../../src/client/decommission-client.ts';
import type { ListedDecommission } from '../../../src/client/list-decommissions.ts';
import { listed } from './listed-decommission.ts';

const own = listed('own', 'node-1');
const one = listed('t-1', 'node-2, node-3');
const another = listed('t-2', '');

/** Lists all of them; describes those in `running` as running, and the one called `gone` as not found. */
const clientWith = (
  all: readonly ListedDecommission[],
  running: readonly ListedDecommission[],
): Pick<DecommissionClient, 'list' | 'client'> => {
  const describeOne = (workflowId: string): Promise<unknown> => {
    if (workflowId.endsWith('/gone')) return Promise.reject(new WorkflowNotFoundError('not found', workflowId, ''));
    const isRunning = running.some((each) => each.workflowId === workflowId);
    return Promise.resolve({ status: { name: isRunning ? 'RUNNING' : 'COMPLETED' } });
  };
  const getHandle = (workflowId: string): unknown => ({ describe: () => describeOne(workflowId) });
  return {
    list: ({ limit = 50 } = {}) => Promise.resolve(all.slice(0, limit)),
    client: { workflow: { getHandle } } as unknown as Client,
  };
};

describe('readOpenDecommissions', () => {
  const many = Array.from({ length: 60 }, (_, index) => listed(`t-${index}`, `node-${index}`));
  it.each([
    { name: 'all running ones', all: [own, one], running: [own, one], expected: [own, one] },
    { name: 'no closed one that is still in the list', all: [own, one], running: [own], expected: [own] },
    { name: 'no deleted one', all: [one, listed('gone', 'node-9')], running: [one], expected: [one] },
    { name: 'more than a page of the list', all: many, running: many, expected: many },
  ])('returns $name', async ({ all, running, expected }) => {
    expect(await readOpenDecommissions(clientWith(all, running))).toEqual(expected);
  });
});

describe('refuseBesideOthers', () => {
  const place = { statePath: '/state', programName: 'node-decommission' };
  const refusal = (open: readonly ListedDecommission[]): unknown => {
    try {
      refuseBesideOthers(open, own.workflowId, place);
      return undefined;
    } catch (error) {
      return error;
    }
  };

  it.each([
    { name: 'nothing is open', open: [] },
    { name: 'only its own is open', open: [own] },
    { name: 'the other one is a dry run, which changes nothing', open: [listed('plan', 'node-2', { dryRun: true })] },
  ])('does not refuse when $name', ({ open }) => {
    expect(refusal(open)).toBeUndefined();
  });

  it.each([
    {
      name: 'one other',
      open: [one],
      expected:
        'nothing was started: decommission/default/task/t-1 (node-2, node-3) is suspended in /state, and the worker of this `run` would continue it too. ' +
        'To proceed, finish it first (repeat its `run` command); or cancel it (`node-decommission cancel decommission/default/task/t-1`); ' +
        'or use a separate state directory for this `run` (set NODE_DECOMMISSION_STATE).',
    },
    {
      name: 'two others, which block each other',
      open: [one, another],
      expected:
        'nothing was started: decommission/default/task/t-1 (node-2, node-3) and decommission/default/task/t-2 (nodes unknown) are suspended in /state, and the worker of this `run` would continue them too. ' +
        'To proceed, cancel them (`node-decommission cancel decommission/default/task/t-1`, `node-decommission cancel decommission/default/task/t-2`); ' +
        'or use a separate state directory for this `run` (set NODE_DECOMMISSION_STATE).',
    },
    {
      name: 'one other and its own, which exists only in this directory',
      open: [own, one],
      expected:
        'nothing was started: decommission/default/task/t-1 (node-2, node-3) is suspended in /state, and the worker of this `run` would continue it too. ' +
        'To proceed, cancel it (`node-decommission cancel decommission/default/task/t-1`) and run this again; ' +
        'or cancel this one (`node-decommission cancel decommission/default/task/own`) and continue the other.',
    },
    {
      name: 'two others and its own',
      open: [own, one, another],
      expected:
        'nothing was started: decommission/default/task/t-1 (node-2, node-3) and decommission/default/task/t-2 (nodes unknown) are suspended in /state, and the worker of this `run` would continue them too. ' +
        'To proceed, cancel them (`node-decommission cancel decommission/default/task/t-1`, `node-decommission cancel decommission/default/task/t-2`) and run this again.',
    },
  ])('refuses when these are suspended: $name', ({ open, expected }) => {
    expect(refusal(open)).toMatchObject({ code: 'OthersSuspended', exitStatus: 2, message: expected });
  });
});

describe('toServedNote', () => {
  it.each([
    { name: 'nothing else is open', open: [own], expected: undefined },
    {
      name: 'one other is open',
      open: [own, one],
      expected:
        'The worker of this command also continues decommission/default/task/t-1 (node-2, node-3), which is suspended here: it evicts no pods, but runs its other steps until this command ends.',
    },
    {
      name: 'two others are open',
      open: [one, own, another],
      expected:
        'The worker of this command also continues decommission/default/task/t-1 (node-2, node-3) and decommission/default/task/t-2 (nodes unknown), which are suspended here: it evicts no pods, but runs their other steps until this command ends.',
    },
  ])('lists what else is served when $name', ({ open, expected }) => {
    expect(toServedNote(open, own.workflowId)).toBe(expected);
  });
});
