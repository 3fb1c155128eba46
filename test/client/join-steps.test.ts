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

  it('keeps steps that only the node knows', () => {
    expect(joinSteps([], steps({ evict: 'Running' }))).toEqual(steps({ evict: 'Running' }));
  });
});
