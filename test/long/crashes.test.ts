import { describeCrashes } from '../e2e/crashes/describe-crashes.ts';

/** One round of it is in test/e2e: what fails once in ten runs shows here. */
describeCrashes(10);
