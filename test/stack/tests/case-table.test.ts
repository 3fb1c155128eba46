import { describe, expect, it } from '@jest/globals';

import { countCases, listCaseDifferences, updateCaseTable } from '../../../stack/tests/case-table.ts';
import type { RecordedCase, TestFileKind } from '../../../stack/tests/case-table.ts';

const EMPTY = [
  '# Host cleanup',
  '<!-- cases: written by npm run docs:cases -->',
  '<!-- end of cases -->',
  'The end.',
].join('\n');

const recorded = (overrides: Partial<RecordedCase> = {}): RecordedCase => ({
  layout: 'a relocated root',
  how: 'scratch',
  outcome: 'cleaned',
  stays: 'a database',
  file: 'test/a.test.ts',
  test: 'cleans it',
  ...overrides,
});
const exists = (): TestFileKind => 'whole';
const rowsOf = (document: string): string[] => document.split('\n').filter((line) => line.includes('.test.ts`'));

describe('updateCaseTable', () => {
  it('writes one sorted row per case and leaves the rest of the document', () => {
    const cases = [recorded({ layout: 'b' }), recorded({ layout: 'a', how: 'real host', outcome: 'refused' })];
    const document = updateCaseTable(EMPTY, cases, exists);
    expect(rowsOf(document)).toEqual([
      '| a | real host | refused | a database | `test/a.test.ts`: cleans it |',
      '| b | scratch | cleaned | a database | `test/a.test.ts`: cleans it |',
    ]);
    expect(document).toMatch(/^# Host cleanup\n[^]*\nThe end\.$/);
    expect(countCases(document)).toBe(2);
  });

  it('writes the same document for the same cases', () => {
    const once = updateCaseTable(EMPTY, [recorded()], exists);
    expect(updateCaseTable(once, [recorded()], exists)).toBe(once);
  });

  it('keeps rows of files that did not run, and replaces all rows of those that did', () => {
    const cases = [recorded({ layout: 'old' }), recorded({ layout: 'long', file: 'test/long/b.test.ts' })];
    const document = updateCaseTable(EMPTY, cases, exists);
    const next = rowsOf(updateCaseTable(document, [recorded({ layout: 'new' })], exists));
    expect(next.map((row) => row.split(' ')[1])).toEqual(['long', 'new']);
  });

  it('keeps the rows of a bounded file whose tests did not run', () => {
    const cases = [recorded({ test: 'a' }), recorded({ test: 'b', layout: 'old' })];
    const document = updateCaseTable(EMPTY, cases, exists);
    const ran = [recorded({ test: 'b', layout: 'new' })];
    expect(rowsOf(updateCaseTable(document, ran, () => 'bounded'))).toEqual([
      '| a relocated root | scratch | cleaned | a database | `test/a.test.ts`: a |',
      '| new | scratch | cleaned | a database | `test/a.test.ts`: b |',
    ]);
    expect(listCaseDifferences(document, [recorded({ test: 'a' })], () => 'bounded')).toEqual([]);
  });

  it('drops rows of files that no longer exist', () => {
    const document = updateCaseTable(EMPTY, [recorded()], exists);
    expect(rowsOf(updateCaseTable(document, [], () => 'absent'))).toEqual([]);
  });

  it.each([
    ['a bar', 'a|b', 'a&#124;b'],
    ['a line end', 'a\nb', String.raw`a\nb`],
    ['a tag', '<root>', '&lt;root>'],
  ])('writes %s as text of one cell', (_case, layout, cell) => {
    const document = updateCaseTable(EMPTY, [recorded({ layout })], exists);
    expect(rowsOf(document)).toEqual([`| ${cell} | scratch | cleaned | a database | \`test/a.test.ts\`: cleans it |`]);
    expect(listCaseDifferences(document, [recorded({ layout })], exists)).toEqual([]);
  });

  it('refuses a document without a place for the table', () => {
    expect(() => updateCaseTable('# Host cleanup', [], exists)).toThrow('<!-- end of cases -->');
  });
});

describe('listCaseDifferences', () => {
  const document = updateCaseTable(EMPTY, [recorded(), recorded({ layout: 'b', file: 'test/b.test.ts' })], exists);

  it('is empty when every test that ran recorded what the table contains', () => {
    expect(listCaseDifferences(document, [recorded()], exists)).toEqual([]);
    expect(listCaseDifferences(document, [], exists)).toEqual([]);
  });

  it('names rows that are missing and rows that no test recorded', () => {
    expect(listCaseDifferences(document, [recorded({ outcome: 'parked' })], exists)).toEqual([
      'missing in the table: | a relocated root | scratch | parked | a database | `test/a.test.ts`: cleans it |',
      'not recorded by its test: | a relocated root | scratch | cleaned | a database | `test/a.test.ts`: cleans it |',
    ]);
  });
});
