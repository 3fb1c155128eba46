import { describeCrashes } from './crashes/describe-crashes.ts';

/** `npm run test:long` runs ten rounds, with more kinds of crashes. */
describeCrashes(1);
