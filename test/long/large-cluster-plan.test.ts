import { expect, it } from '@jest/globals';
import { measureSection } from '../../bench/scale/measure-section.ts';
import { SECTIONS } from '../../bench/scale/sections.ts';

const TIMEOUT_MILLISECONDS = 20 * 60_000;

it(
  'plans one node of 1,000 nodes with 30 pods each within the time and the memory that the benchmark allows',
  async () => {
    const section = SECTIONS.find(({ name }) => name === 'plan')!;
    const { figures, failure } = await measureSection(section, TIMEOUT_MILLISECONDS);
    expect(failure).toBeUndefined();
    process.stdout.write(`${figures.map(({ what, value, unit }) => `${what}: ${value} ${unit}`).join('\n')}\n`);
    const bounded = figures.filter(({ atMost }) => atMost !== undefined);
    expect(bounded.map(({ what }) => what)).toEqual(['`plan`', 'most memory of `plan`']);
    expect(bounded.filter(({ value, atMost }) => value > atMost!)).toEqual([]);
  },
  TIMEOUT_MILLISECONDS,
);
