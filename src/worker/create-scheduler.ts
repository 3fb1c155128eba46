/** Where `src/inspect` gets it: only `src/worker` joins adapters. */
export { createScheduler } from '../scheduler/create-scheduler.ts';
