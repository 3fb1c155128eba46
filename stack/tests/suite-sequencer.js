import TestSequencer from '@jest/test-sequencer';

import { orderSuites } from './suite-order.ts';

/*
 * Jest's own order, by the durations on this machine, but first the suites that take longest everywhere. Plain JavaScript, like
 * jest.config.js: the types of jest's class do not match its module.
 */
export default class LongestFirst extends TestSequencer {
  async sort(suites) {
    return orderSuites(await super.sort(suites));
  }
}
