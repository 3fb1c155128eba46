import { describe, expect, it } from '@jest/globals';
import { joinSteps } from '../../src/client/join-steps.ts';
import { steps } from '../builders/step-report.ts';

describe('joinSteps', () => {
  it("uses the node's entries for the steps that it reached, and the task's for the rest", () => {
    const ofTask = steps({ preflight: 'Succeeded', cordon: 'Succeeded', evict: 'Running' });
    const ofNode = steps({ evict: 'Succeeded', detach: 'Running' });
    const expected = steps({ preflight: 'Succeeded', cordon: 'Succeeded', evict: 'Succeeded', detach: 'Running' });
    expect(joinSteps(ofTask, ofNode)).toEqual(expected);
  });

  it('lists a step that only the node has, and one that neither record has, at its place', () => {
    const ofTask = steps({ preflight: 'Succeeded' }).filter(({ name }) => name !== 'detach' && name !== 'cleanHost');
    const ofNode = steps({ detach: 'Running' }).filter(({ name }) => name !== 'cleanHost');
    expect(joinSteps(ofTask, ofNode)).toEqual(steps({ preflight: 'Succeeded', detach: 'Running' }));
  });

  it('keeps steps that only the node has', () => {
    expect(joinSteps([], steps({ evict: 'Running' }))).toEqual(steps({ evict: 'Running' }));
  });
});
