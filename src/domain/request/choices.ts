import type { DecommissionRequest } from './decommission-request.ts';
import type { RequestKey } from './keys.ts';

/** Every word that a key accepts. */
export const REQUEST_CHOICES = {
  daemonSets: ['terminateLast', 'leave'],
  onTimeout: ['rollBack', 'delete'],
  preflight: ['enforce', 'warn', 'skip'],
  singleReplica: ['block', 'surge', 'evict'],
  jobs: ['evict', 'waitForCompletion'],
  deadNode: ['refuse', 'outOfService'],
  hostCleanup: ['required', 'bestEffort', 'skip'],
  nodeOrder: ['asGiven', 'fewestPodsFirst', 'zoneByZone'],
  cordon: ['allFirst', 'inTurn'],
  onNodeParked: ['wait', 'continue', 'stop'],
  onWindowClose: ['finishNode', 'pause'],
  approval: ['none', 'beforeEviction', 'beforeNodeDeletion'],
} as const satisfies { readonly [Key in RequestKey]?: readonly NonNullable<DecommissionRequest[Key]>[] };

export type ChoiceKey = keyof typeof REQUEST_CHOICES;
