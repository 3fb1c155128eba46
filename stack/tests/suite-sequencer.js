import TestSequencer from '@jest/test-sequencer';

import { orderSuites } from './suite-order.ts';

/*
 * Jest's own order, by the durations that it has seen on this machine, but with the suites first that take longest everywhere. Plain
 * JavaScript, as jest.config.js: the types of jest's class do not fit its module.
 */
export default class LongestFirst extends TestSequencer {
  async sort(suites) {
    return orderSuites(await super.sort(suites));
  }
}
