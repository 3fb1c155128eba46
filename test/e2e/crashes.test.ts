import { describeCrashes } from './crashes/describe-crashes.ts';

/** `npm run test:long` runs ten rounds. */
describeCrashes(1);
