import { describeLayouts } from './layouts/describe-layouts.ts';
import { SHORT_LAYOUTS } from './layouts/short-layouts.ts';

/** All layouts are in test/long. */
describeLayouts('host cleanup on the layout', SHORT_LAYOUTS);
