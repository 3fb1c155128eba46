import { describe, expect, it } from '@jest/globals';
import { createScheduler } from '../../../src/worker/create-scheduler.ts';
import { listDisagreements } from './agreement-bounds.ts';
import { addAgreements, countAgreement, type Agreement } from './count-agreement.ts';
import { planAgain } from './plan-cluster.ts';
import { readCases } from './played-case.ts';

/** Plans the cases of a directory again, without a cluster, and compares with what was observed when they were recorded. */
export const describeReplay = (directory: string): void => {
  describe('the verdicts of plans', () => {
    it('agree with what the running scheduler did in recorded clusters', async () => {
      const scheduler = createScheduler();
      const agreements: Agreement[] = [];
      for (const { seed, rescheduling, observed } of readCases(directory)) {
        agreements.push(countAgreement(`seed ${seed}`, await planAgain(rescheduling, scheduler), observed));
      }
      const total = addAgreements(agreements);
      const figures = JSON.stringify(total, undefined, 1);
      process.stdout.write(`agreement in ${agreements.length} recorded clusters: ${figures}\n`);
      expect(listDisagreements(total)).toEqual([]);
    });
  });
};
