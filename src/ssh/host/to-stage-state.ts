import type { StageItem, StageState } from '../../domain/host/stage.ts';
import type { Answer } from './answer.ts';

/** How a stage stands, by its unit, its result and whether the host was started again meanwhile. The answer is complete. */
export const toStageState = (answer: Answer): StageState => {
  const begun = answer.text('begun');
  if (begun === undefined) return { kind: 'NotStarted' };
  const isOk = answer.text('ok');
  if (isOk !== undefined) return { kind: 'Ended', isOk: isOk === '1', items: answer.all('item').flatMap(toItem) };
  if (begun !== answer.text('boot')) {
    return { kind: 'Lost', message: 'the host was started again before it ended' };
  }
  const [activeState = '', result = ''] = answer.all('unit')[0] ?? [];
  return RUNNING_STATES.includes(activeState) ? { kind: 'Running' } : { kind: 'Lost', message: describeLoss(result) };
};

const RUNNING_STATES: readonly string[] = ['active', 'activating', 'deactivating', 'reloading'];

/** @param result systemd's word for how a unit ended. */
const describeLoss = (result: string): string => {
  switch (result) {
    case 'timeout':
      return 'its deadline ended it; something on the host hangs, perhaps in the kernel, which only a restart of the host ends';
    case 'oom-kill':
      return 'the host had no memory left for it';
    case 'signal':
    case 'core-dump':
      return 'somebody or something killed it';
    default:
      return 'it ended without a result';
  }
};

const toItem = ([status = '', name = '', message = '']: readonly string[]): StageItem[] =>
  status === 'Done' || status === 'NothingToDo' || status === 'Failed' ? [{ name, status, message }] : [];
