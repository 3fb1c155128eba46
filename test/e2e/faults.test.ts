import { describeFaults } from './faults/describe-faults.ts';

/** Two hundred are in test/long. */
describeFaults(20);
