import { describeLayouts } from '../e2e/layouts/describe-layouts.ts';
import { LONG_LAYOUTS } from '../e2e/layouts/long-layouts.ts';

/** Those that did most harm are in test/e2e. */
describeLayouts('host cleanup on the layout', LONG_LAYOUTS);
