import { describe, expect, it } from '@jest/globals';
import { parseBenchOptions } from '../../bench/bench-options.ts';

const namesOf = (items: readonly { readonly name: string }[]): readonly string[] => items.map(({ name }) => name);

describe('parseBenchOptions', () => {
  it('measures all rows and all sections that have a program by default', () => {
    const { rows, sections, repetitions, minutes } = parseBenchOptions([]);
    expect(rows).toHaveLength(14);
    expect(namesOf(sections)).toEqual(['parallel-nodes', 'budget-events', 'plan']);
    expect([repetitions, minutes]).toEqual([3, 45]);
  });

  it.each([
    [['--rows', '50-pods,10-pods'], ['10-pods', '50-pods'], []],
    [['--sections', 'plan'], [], ['plan']],
    [['--rows', '50-pods', '--sections', 'plan'], ['50-pods'], ['plan']],
  ])('measures what %j names', (words, rows, sections) => {
    const options = parseBenchOptions(words);
    expect(namesOf(options.rows)).toEqual(rows);
    expect(namesOf(options.sections)).toEqual(sections);
  });

  it('writes only the page', () => {
    expect(parseBenchOptions(['--page']).onlyPage).toBe(true);
  });

  it('records figures of a section that a test measures', () => {
    expect(parseBenchOptions(['--record', 'fleet']).recorded?.name).toBe('fleet');
  });

  it.each([
    [['--rows', '11-pods'], /--rows: 11-pods does not exist. Valid names: 10-pods, /],
    [['--sections', 'fleet'], /--sections: fleet does not exist/],
    [['--repetitions', '0'], /--repetitions must be a number above 0/],
    [['--minutes', 'many'], /--minutes must be a number above 0/],
    [['--row', '10-pods'], /Unknown option '--row'/],
  ])('refuses %j', (words, message) => {
    expect(() => parseBenchOptions(words)).toThrow(message);
  });
});
