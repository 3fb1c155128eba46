import { describe, expect, it } from '@jest/globals';
import { formatPage } from '../../../bench/page/format-page.ts';
import { EMPTY_RECORD, type BenchmarkRecord } from '../../../bench/record/benchmark-record.ts';
import { aRow, aRowRecord, aRun, anEnvironment } from '../../builders/bench-record.ts';

const ROWS = [aRow({}, 'fifty'), aRow({ budget: 1, pods: 10 }, 'ten')];
const SECTIONS = [{ name: 'plan', title: 'A plan', explanation: 'Of one node.', command: 'npm run bench' }];

const format = (record: Partial<BenchmarkRecord> = {}): string =>
  formatPage(ROWS, SECTIONS, { ...EMPTY_RECORD, ...record });

/** Rows of all tables that start with this name. */
const linesOf = (page: string, name: string): readonly string[] =>
  page.split('\n').filter((line) => line.startsWith(`| \`${name}\` `));

describe('formatPage', () => {
  it('lists rows and sections that were never measured', () => {
    const page = format();
    expect(linesOf(page, 'ten').at(-1)).toBe('| `ten` | never | – | 0 | 0 | – |');
    expect(page).toContain('Not measured yet: `npm run bench`.');
  });

  it('has the median and the range of each tool, the floor, and whether the goal is met', () => {
    const runs = [
      ...[25, 26, 30].map((drainSeconds) => aRun('kubectl', { drainSeconds })),
      ...[6.4, 6.5, 7].map((drainSeconds) => aRun('node-decommission', { drainSeconds })),
    ];
    expect(linesOf(format({ rows: [aRowRecord({ runs })] }), 'fifty')[1]).toBe(
      '| `fifty` | 26 s (25–30) | 6.5 s (6.4–7) | 5 s | 5 s (5–5) | ≤ 6.5 s | met | ≤ 26 s | met |',
    );
  });

  it('names each row that misses a goal, with its figures', () => {
    const runs = [aRun('kubectl', { drainSeconds: 20 }), aRun('node-decommission', { drainSeconds: 19 })];
    expect(format({ rows: [aRowRecord({ runs })] })).toContain(
      '| first eviction to last pod gone: at most 1.1 × floor + 1 s | 0 of 1 | `fifty` (19 s, goal 6.5) | – |',
    );
  });

  it('names a tool that has failed, with the reason', () => {
    const failed = { tool: 'kubectl', at: '', outcome: 'failed', reason: 'did not end | in 600 s' } as const;
    const lines = linesOf(format({ rows: [aRowRecord({ runs: [failed, aRun('node-decommission')] })] }), 'fifty');
    expect(lines[1]).toContain('| `fifty` | failed | 6 s |');
    expect(lines.at(-1)).toContain('| 0 | 1 | kubectl: did not end &#124; in 600 s |');
  });

  it('sums requests by verb, and has those of the row with the fewest by resource', () => {
    const page = format({ rows: [aRowRecord()] });
    expect(page).toContain('| evict 50, get 10, list 10, watch 3 |');
    expect(page).toContain('in the row `fifty`: evict pods 50, get nodes 10, list pods 10, watch pods 3.');
  });

  it('marks a row that is defined otherwise by now, and keeps one that the table no longer has', () => {
    const records = [aRowRecord({ row: aRow({ pods: 51 }) }), aRowRecord({ row: aRow({}, 'gone') })];
    const page = format({ rows: records });
    expect(page).toContain('| `fifty` (as it was defined then) |');
    expect(page).toContain('| `gone` (as it was defined then) |');
  });

  it('has commit and time of each row and section', () => {
    const environment = anEnvironment({ commit: 'abcdef0123', startedAt: '2026-03-04T05:06:07.000Z' });
    const figures = [
      { what: '`plan`', value: 3.04, unit: 's', atMost: 3 },
      { what: 'memory', value: 512, unit: 'MB' },
    ];
    const page = format({
      rows: [aRowRecord({ environment })],
      sections: [{ name: 'plan', environment, figures }],
    });
    expect(linesOf(page, 'fifty').at(-1)).toBe('| `fifty` | 2026-03-04 05:06 | `abcdef0123` | 1 | 1 | – |');
    expect(page).toContain('Measured 2026-03-04 05:06, commit `abcdef0123`.');
    expect(page).toContain('| `plan` | 3.04 s | ≤ 3 s | **not met** |');
    expect(page).toContain('| memory | 512 MB | – | – |');
  });

  it('has each machine once, and the notes', () => {
    const records = [aRowRecord(), aRowRecord({ row: ROWS[1]! })];
    const page = format({ rows: records, notes: ['A remark.'] });
    expect(page.match(/2 cores \(Example\), 16 GB of memory; Kubernetes 1\.36\.3\./g)).toHaveLength(1);
    expect(page).toContain('- A remark.');
  });
});
