import type { DecommissionRequest } from './decommission-request.ts';
import type { RequestKey } from './keys.ts';
import { isImplemented } from './unimplemented-options.ts';

/** Every word that a key accepts as valid, those that this version does not carry out included. */
export const REQUEST_CHOICES = {
  daemonSets: ['terminateLast', 'leave'],
  preflight: ['enforce', 'warn', 'skip'],
  singleReplica: ['block', 'surge', 'evict'],
  hostCleanup: ['required', 'bestEffort', 'skip'],
  nodeOrder: ['asGiven', 'fewestPodsFirst', 'zoneByZone'],
  cordon: ['allFirst', 'inTurn'],
  onNodeParked: ['wait', 'continue', 'stop'],
  approval: ['none', 'beforeEviction', 'beforeNodeDeletion'],
} as const satisfies { readonly [Key in RequestKey]?: readonly NonNullable<DecommissionRequest[Key]>[] };

export type ChoiceKey = keyof typeof REQUEST_CHOICES;

/** The words that help and refusals offer: those that this version carries out. */
export const toOfferedChoices = (key: ChoiceKey): readonly string[] =>
  REQUEST_CHOICES[key].filter((choice) => isImplemented(key, choice));
