import { describe, expect, it } from '@jest/globals';
import { chooseRun, type EndedRun } from '../../../bench/rows/choose-run.ts';
import { aRow } from '../../builders/bench-record.ts';

const rows = [aRow({ terminationSeconds: 30 }, 'long'), aRow({}, 'middle'), aRow({}, 'short')];
const ended = (rowName: string, seconds = 60, hasFailed = false): EndedRun => ({ rowName, seconds, hasFailed });
const all = [ended('long', 300), ended('middle', 60), ended('short', 30)];

describe('chooseRun', () => {
  it.each<[string, readonly EndedRun[], number, string | undefined]>([
    ['the first row', [], 3600, 'long'],
    ['the next row of the table', [ended('long')], 3600, 'middle'],
    ['every row before any second run', [ended('long'), ended('middle')], 3600, 'short'],
    ['the shortest for a second run', all, 3600, 'short'],
    ['the next shortest', [...all, ended('short')], 3600, 'middle'],
    ['one that fits into the time', [...all, ended('short', 30), ended('middle')], 250, undefined],
    ['no row without time', [], 10, undefined],
    ['a short first row if the long one does not fit', [], 100, 'middle'],
    ['no row that has failed', [ended('long', 300), ended('middle'), ended('short', 30, true)], 3600, 'middle'],
    ['nothing when all is done', [...all, ...all], 3600, undefined],
  ])('is %s', (_case, before, remainingSeconds, name) => {
    expect(chooseRun(rows, before, { repetitions: 2, remainingSeconds })?.row.name).toBe(name);
  });

  it.each([
    ['first', [], ['kubectl', 'node-decommission']],
    ['second row', [ended('long')], ['node-decommission', 'kubectl']],
    ['second run of the last row', all, ['node-decommission', 'kubectl']],
  ])('alternates the tool that starts: %s', (_case, before, order) => {
    expect(chooseRun(rows, before, { repetitions: 2, remainingSeconds: 3600 })?.order).toEqual(order);
  });
});
