/** What ended tasks have left in a cluster, read and undone without a worker. */
export {
  NO_KNOWN_TASKS,
  readLeftovers,
  type KnownTasks,
  type Leftovers,
} from '../activities/janitor/read-leftovers.ts';
export { undoLeftovers, type LeftoverUndo } from '../activities/janitor/undo-leftovers.ts';
