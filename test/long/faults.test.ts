import { jest } from '@jest/globals';
import { describeFaults } from '../e2e/faults/describe-faults.ts';

jest.setTimeout(2 * 3_600_000);

/** Ten rounds of twenty. */
describeFaults(200);
