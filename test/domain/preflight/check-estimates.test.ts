import { describe, expect, it } from '@jest/globals';
import { assess } from '../../../src/domain/preflight/assessment.ts';
import { checkEstimates } from '../../../src/domain/preflight/check-estimates.ts';
import type { Observation } from '../../../src/domain/preflight/findings.ts';
import type { DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';
import { drainFacts, webBudget, webPods } from '../../builders/drain-facts.ts';

/** The drain of `node-1` likely takes 80 s, at most 110 s. */
const checkWith = (request: Partial<DecommissionRequest>): readonly Observation[] => {
  const facts = drainFacts({ pods: webPods(5), budgets: [webBudget(2)] }, request);
  return checkEstimates(facts, assess(facts));
};

describe('checkEstimates', () => {
  it('warns of a drain that likely takes longer than the request allows', () => {
    expect(checkWith({ timeoutSeconds: 79 })).toEqual([
      {
        code: 'DrainMayExceedTimeout',
        subject: 'node-1',
        nodeName: 'node-1',
        message:
          'the drain of node node-1 likely takes about 80 s, and is undone after timeoutSeconds: 79: default/Deployment/web in 3 rounds of about 40 s (budget default/web-pdb allows 2 of 5 evictions at a time): set timeoutSeconds: 120, which is enough for the longest estimate',
      },
    ]);
  });

  it.each<[string, Partial<DecommissionRequest>]>([
    ['the likely time is within the limit', { timeoutSeconds: 80 }],
    ['preflight is skipped', { timeoutSeconds: 1, preflight: 'skip' }],
  ])('reports nothing when %s', (_name, request) => {
    expect(checkWith(request)).toEqual([]);
  });

  it('reports nothing when the request has no limit', () => {
    const facts = drainFacts({ pods: webPods(5), budgets: [webBudget(2)] });
    const { timeoutSeconds: _limit, ...request } = facts.request;
    expect(checkEstimates({ ...facts, request }, assess(facts))).toEqual([]);
  });
});
