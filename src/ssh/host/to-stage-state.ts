import type { StageItem, StageState } from '../../domain/host/stage.ts';
import type { Answer } from './answer.ts';

/** State of a stage, by its unit, its result and whether the host has restarted since it started. The output is complete. */
export const toStageState = (answer: Answer): StageState => {
  const begun = answer.text('begun');
  if (begun === undefined) return { kind: 'NotStarted' };
  const isOk = answer.text('ok');
  if (isOk !== undefined) return { kind: 'Ended', isOk: isOk === '1', items: answer.all('item').flatMap(toItem) };
  if (begun !== answer.text('boot')) {
    return { kind: 'Lost', message: 'the host restarted before the stage ended' };
  }
  const [activeState = '', result = ''] = answer.all('unit')[0] ?? [];
  return RUNNING_STATES.includes(activeState) ? { kind: 'Running' } : { kind: 'Lost', message: describeLoss(result) };
};

const RUNNING_STATES: readonly string[] = ['active', 'activating', 'deactivating', 'reloading'];

/** @param result The unit's `Result` property in systemd. */
const describeLoss = (result: string): string => {
  switch (result) {
    case 'timeout':
      return 'the stage exceeded its deadline: something on the host hangs; if it hangs in the kernel, restart the host';
    case 'oom-kill':
      return 'the host ran out of memory for the stage';
    case 'signal':
    case 'core-dump':
      return 'the stage was killed by a signal';
    default:
      return 'the stage ended without a result';
  }
};

const toItem = ([status = '', name = '', message = '']: readonly string[]): StageItem[] =>
  status === 'Done' || status === 'NothingToDo' || status === 'Failed' ? [{ name, status, message }] : [];
