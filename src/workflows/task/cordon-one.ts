import type { NodeTarget } from '../../domain/node/node-target.ts';
import { shortActivities } from '../runtime/activity-options.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import type { TaskState } from './task-state.ts';

/**
 * Cordons one node and registers the undo before that. Returns a sentence for the report.
 *
 * @throws ActivityFailure: see `cordonNode`.
 */
export const cordonOne = async (state: TaskState, target: NodeTarget): Promise<string> => {
  const unknown = { kind: 'cordon', target } as const;
  state.register(unknown);
  const { earlier } = await shortActivities.cordonNode(state.accepted.context, target);
  state.amend(unknown, { ...unknown, ...definedFields({ earlier }) });
  return 'unschedulable';
};
