import type { RequestKey } from '../../domain/request/keys.ts';

/** The headings of `--help`, in its order, with the keys whose flags each has. */
const GROUPS: readonly (readonly [heading: string, keys: readonly RequestKey[]])[] = [
  ['Task:', ['cluster', 'taskId', 'requestedBy', 'reason', 'dryRun']],
  [
    'What may be lost:',
    ['force', 'deleteEmptyDirData', 'ignoreDaemonSets', 'singleReplica', 'jobs', 'preflight', 'assumeAutoscaling'],
  ],
  [
    'Drain:',
    ['timeoutSeconds', 'gracePeriodSeconds', 'maxUnavailable', 'replicaSets', 'statefulSets', 'cloneSets', 'approval'],
  ],
  ['Node and host:', ['deleteNode', 'hostCleanup']],
  [
    'Several nodes:',
    [
      'maxConcurrentNodes',
      'maxConcurrentPerZone',
      'oneZoneAtATime',
      'nodeOrder',
      'cordon',
      'stopAfterFailures',
      'onNodeParked',
      'windows',
      'onWindowClose',
    ],
  ],
];

/** The heading under which help lists the flag of a key; a key without one is a setting of the drain. Pure. */
export const toFlagGroup = (key: RequestKey): string => GROUPS.find(([, keys]) => keys.includes(key))?.[0] ?? 'Drain:';
