import { comparePods } from '../../domain/eviction/classify-pod.ts';
import type { EvictionProgress } from '../../domain/run/status.ts';
import type { EvictionEntry } from './eviction-entry.ts';

const STATES_IN_ORDER: readonly EvictionProgress['state'][] = [
  'Refused',
  'BlockedByBudget',
  'BlockedByOwnerLimit',
  'Terminating',
  'Evicting',
  'AwaitsCompletion',
  'Queued',
];

/** What the pods are waiting for, one line each, blocked pods first, then by name. */
export const toDrainProgress = (entries: Iterable<EvictionEntry>): readonly string[] =>
  [...entries]
    .map((entry) => ({ pod: entry.request.pod, progress: entry.toProgress() }))
    .sort((a, b) => rankOf(a.progress) - rankOf(b.progress) || comparePods(a.pod, b.pod))
    .map(({ pod, progress }) => `${pod.namespace}/${pod.name} | ${progress.state} | ${progress.message}`);

const rankOf = ({ state }: EvictionProgress): number => STATES_IN_ORDER.indexOf(state);
