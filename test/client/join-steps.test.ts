import { describe, expect, it } from '@jest/globals';
import { joinSteps } from '../../src/client/join-steps.ts';
import { steps } from '../builders/step-report.ts';

describe('joinSteps', () => {
  it('takes the word of the node for the steps that it reached, that of the task for the rest', () => {
    const ofTask = steps({ preflight: 'Succeeded', cordon: 'Succeeded', evict: 'Running' });
    const ofNode = steps({ evict: 'Succeeded', detach: 'Running' });
    const expected = steps({ preflight: 'Succeeded', cordon: 'Succeeded', evict: 'Succeeded', detach: 'Running' });
    expect(joinSteps(ofTask, ofNode)).toEqual(expected);
  });

  it('lists a step in its place that only the node knows, and one that neither record knows', () => {
    const ofTask = steps({ preflight: 'Succeeded' }).filter(({ name }) => name !== 'detach' && name !== 'cleanHost');
    const ofNode = steps({ detach: 'Running' }).filter(({ name }) => name !== 'cleanHost');
    expect(joinSteps(ofTask, ofNode)).toEqual(steps({ preflight: 'Succeeded', detach: 'Running' }));
  });

  it('keeps steps that only the node knows', () => {
    expect(joinSteps([], steps({ evict: 'Running' }))).toEqual(steps({ evict: 'Running' }));
  });
});
