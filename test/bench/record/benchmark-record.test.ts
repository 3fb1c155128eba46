import { describe, expect, it } from '@jest/globals';
import { EMPTY_RECORD, withRun, withSection } from '../../../bench/record/benchmark-record.ts';
import { aRow, aRowRecord, aRun, anEnvironment } from '../../builders/bench-record.ts';

const other = aRowRecord({ row: aRow({}, 'other') });
const later = anEnvironment({ startedAt: '2026-02-02T00:00:00.000Z', commit: 'later' });

describe('withRun', () => {
  it('adds a row that is new', () => {
    const run = aRun('kubectl');
    expect(withRun(EMPTY_RECORD, aRow(), later, run).rows).toEqual([{ row: aRow(), environment: later, runs: [run] }]);
  });

  it('replaces what an earlier invocation measured, also by a failure, and keeps other rows', () => {
    const failed = { tool: 'kubectl', at: '', outcome: 'failed', reason: 'no API server' } as const;
    const record = { ...EMPTY_RECORD, rows: [aRowRecord(), other] };
    const { rows } = withRun(record, aRow(), later, failed);
    expect(rows).toEqual([{ row: aRow(), environment: later, runs: [failed] }, other]);
  });

  it('adds a run of the same invocation', () => {
    const record = { ...EMPTY_RECORD, rows: [aRowRecord({ environment: later })] };
    expect(withRun(record, aRow(), later, aRun('kubectl')).rows[0]?.runs).toHaveLength(3);
  });
});

describe('withSection', () => {
  it('replaces the figures of the section and keeps the others', () => {
    const section = { name: 'plan', environment: later, figures: [{ what: '`plan`', value: 2, unit: 's' }] };
    const fleet = { name: 'fleet', environment: anEnvironment(), figures: [] };
    const record = { ...EMPTY_RECORD, sections: [{ ...section, figures: [] }, fleet] };
    expect(withSection(record, section).sections).toEqual([section, fleet]);
  });
});
