import { describeCrashes } from './crashes/describe-crashes.ts';

/** Ten rounds are in test/long. */
describeCrashes(1);
