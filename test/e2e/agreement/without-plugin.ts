import type { Scheduler } from '../../../src/ports/scheduler.ts';
import { readCacheDirectory } from '../../../src/config/cache-directory.ts';
import { findProgram } from '../../../src/scheduler/find-program.ts';
import { openSession } from '../../../src/scheduler/open-session.ts';
import { startProgramThread } from '../../../src/scheduler/program-thread.ts';
import { addAgreements, countAgreement, type Agreement } from './count-agreement.ts';
import { planAgain } from './plan-cluster.ts';
import type { PlayedCase } from './played-case.ts';

/** Judges recorded cases again, by the program without one of its plugins. */
export interface PlanWithoutPlugin {
  /**
   * Compares the plans of the cases that the plugin decided with what happened, one after another, until `isEnough`.
   */
  readonly compare: (
    plugin: string,
    cases: readonly PlayedCase[],
    isEnough: (agreement: Agreement) => boolean,
  ) => Promise<Agreement>;
  readonly end: () => Promise<void>;
}

/** One thread for all plugins. */
export const startPlanWithoutPlugin = async (): Promise<PlanWithoutPlugin> => {
  const thread = startProgramThread(await findProgram(readCacheDirectory()));
  const without = (plugin: string): Scheduler => ({
    prepare: () => undefined,
    open: async (facts) => ({
      ...(await openSession(thread, facts, [plugin])),
      close: () => Promise.resolve(),
    }),
  });
  return {
    compare: async (plugin, cases, isEnough) => {
      let total = addAgreements([]);
      for (const { seed, rescheduling, observed } of cases.filter((each) => isDecidedBy(each, plugin))) {
        const pods = await planAgain(rescheduling, without(plugin));
        total = addAgreements([total, countAgreement(`seed ${seed} without ${plugin}`, pods, observed)]);
        if (isEnough(total)) break;
      }
      return total;
    },
    end: () => thread.end(),
  };
};

const isDecidedBy = ({ pods }: PlayedCase, plugin: string): boolean =>
  pods.some(({ placement: { rejection } }) => rejection?.plugins.includes(plugin) ?? false);
