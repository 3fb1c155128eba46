/**
 * The life cycle of simulated pods. KWOK applies a Stage to each pod that its selector matches, after its delay;
 * it replaces the kubelet only. The controllers are real.
 */

export interface PodTiming {
  /** From scheduled to Ready. */
  readonly podReadyMilliseconds: number;
  /** From the deletion request to the removal; a pod with a shorter grace period is removed when that ends. */
  readonly podTerminateMilliseconds: number;
  /** How many pods KWOK changes at the same time; absent: its default of 4. On a real node each kubelet works for itself. */
  readonly podsAtOnce?: number;
}

/** Annotations on a pod (or a workload's pod template) that change its simulated life cycle. */
export const POD_BEHAVIOR_ANNOTATIONS = {
  /** `never`: runs, but does not become Ready. `crash-loop`: waits in CrashLoopBackOff. */
  readiness: 'stack.node-decommission.io/readiness',
  readyAfterMilliseconds: 'stack.node-decommission.io/ready-after-milliseconds',
  terminateAfterMilliseconds: 'stack.node-decommission.io/terminate-after-milliseconds',
  /** `never`: stays terminating forever, as with a dead kubelet. */
  termination: 'stack.node-decommission.io/termination',
  /** `Succeeded` or `Failed`: the phase that the pod reaches as soon as it has run. */
  finish: 'stack.node-decommission.io/finish',
} as const;

interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

/**
 * KWOK manages pods only on nodes that it manages, and for that it needs a stage for nodes. This one matches none:
 * Node objects keep the status with which they are created, including NotReady.
 */
const IDLE_NODE_STAGE = {
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Stage',
  metadata: { name: 'node-idle' },
  spec: {
    resourceRef: { apiGroup: 'v1', kind: 'Node' },
    selector: { matchExpressions: [{ key: '.metadata.name', operator: 'DoesNotExist' }] },
    next: {},
  },
};

/** The Stage objects of KWOK's configuration. */
export const toStages = (timing: PodTiming): object[] => {
  const { readiness, readyAfterMilliseconds, terminateAfterMilliseconds, termination, finish } =
    POD_BEHAVIOR_ANNOTATIONS;
  const readyDelay = toDelay(toMilliseconds(readyAfterMilliseconds, timing.podReadyMilliseconds));
  const isAlive: Requirement = { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' };
  // KWOK deletes with a grace period of 0, by name: a second deletion would hit the pod that a StatefulSet has recreated.
  const isNotYetDeletedByKwok: Requirement = {
    key: '.metadata.deletionGracePeriodSeconds == 0',
    operator: 'In',
    values: ['false'],
  };
  const isPending: Requirement = { key: '.status.phase', operator: 'In', values: ['Pending'] };
  return [
    IDLE_NODE_STAGE,
    toStage('pod-ready', [isAlive, isPending, without(readiness)], readyDelay, runningStatus(true, RUNNING)),
    toStage(
      'pod-never-ready',
      [isAlive, isPending, having(readiness, 'never')],
      readyDelay,
      runningStatus(false, RUNNING),
    ),
    toStage(
      'pod-crash-loop',
      [isAlive, isPending, having(readiness, 'crash-loop')],
      readyDelay,
      runningStatus(false, CRASH_LOOP),
    ),
    ...['Succeeded', 'Failed'].map((phase) =>
      toStage(
        `pod-${phase.toLowerCase()}`,
        [isAlive, { key: '.status.phase', operator: 'In', values: ['Running'] }, having(finish, phase)],
        undefined,
        finishedStatus(phase),
      ),
    ),
    toStage(
      'pod-delete',
      [{ key: '.metadata.deletionTimestamp', operator: 'Exists' }, isNotYetDeletedByKwok, without(termination)],
      toDelay(
        `([${toMilliseconds(terminateAfterMilliseconds, timing.podTerminateMilliseconds)}, ` +
          '(.metadata.deletionGracePeriodSeconds // 0) * 1000] | min)',
      ),
    ),
  ];
};

const RUNNING = `state:
    running:
      startedAt: {{ $now | Quote }}`;

const CRASH_LOOP = `state:
    waiting:
      reason: CrashLoopBackOff
      message: back-off 5m0s restarting failed container
  lastState:
    terminated:
      exitCode: 1
      reason: Error
      startedAt: {{ $now | Quote }}
      finishedAt: {{ $now | Quote }}`;

const runningStatus = (isReady: boolean, containerState: string): string => {
  const ready = isReady ? 'True' : 'False';
  return `{{ $now := Now }}
phase: Running
startTime: {{ $now | Quote }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}
conditions:
- { type: Initialized, status: "True", lastTransitionTime: {{ $now | Quote }} }
- { type: Ready, status: "${ready}", lastTransitionTime: {{ $now | Quote }} }
- { type: ContainersReady, status: "${ready}", lastTransitionTime: {{ $now | Quote }} }
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: ${isReady}
  started: ${isReady}
  restartCount: ${containerState === CRASH_LOOP ? 7 : 0}
  ${containerState}
{{ end }}
`;
};

const finishedStatus = (phase: string): string => `{{ $now := Now }}
phase: ${phase}
conditions:
- { type: Ready, status: "False", reason: PodCompleted, lastTransitionTime: {{ $now | Quote }} }
- { type: ContainersReady, status: "False", reason: PodCompleted, lastTransitionTime: {{ $now | Quote }} }
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: false
  started: false
  restartCount: 0
  state:
    terminated:
      exitCode: ${phase === 'Succeeded' ? 0 : 1}
      reason: ${phase === 'Succeeded' ? 'Completed' : 'Error'}
      startedAt: {{ $now | Quote }}
      finishedAt: {{ $now | Quote }}
{{ end }}
`;

/** @param statusTemplate absent: the stage deletes the pod */
const toStage = (
  name: string,
  requirements: readonly Requirement[],
  delay?: object,
  statusTemplate?: string,
): object => ({
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Stage',
  metadata: { name },
  spec: {
    resourceRef: { apiGroup: 'v1', kind: 'Pod' },
    selector: { matchExpressions: requirements },
    ...(delay === undefined ? {} : { delay }),
    next: statusTemplate === undefined ? { delete: true } : { statusTemplate },
  },
});

/** KWOK parses a string such as `1500ms`; it silently ignores a number. */
const toDelay = (millisecondsExpression: string): object => ({
  durationFrom: { expressionFrom: `${millisecondsExpression} | tostring + "ms"` },
});

const toMilliseconds = (annotation: string, otherwise: number): string =>
  `(.metadata.annotations["${annotation}"] // "${otherwise}" | tonumber)`;

const having = (annotation: string, value: string): Requirement => ({
  key: `.metadata.annotations["${annotation}"]`,
  operator: 'In',
  values: [value],
});

const without = (annotation: string): Requirement => ({
  key: `.metadata.annotations["${annotation}"]`,
  operator: 'DoesNotExist',
});
