import { POD_BEHAVIOR_ANNOTATIONS } from '../control-plane/pod-lifecycle.ts';

/** Properties of a fixture's pods; all have defaults. */
export interface PodShape {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Binds the pod to this node without the scheduler, like DaemonSet pods and static pods. */
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly object[];
  readonly affinity?: object;
  /** Requests by resource name; default 100m CPU and 64Mi. */
  readonly requests?: Readonly<Record<string, string>>;
  /** Adds an emptyDir volume of this name. */
  readonly emptyDir?: string;
  /** Adds a volume with this PersistentVolumeClaim. */
  readonly claimName?: string;
  readonly terminationGracePeriodSeconds?: number;
  /** The pod has the addresses of its real node, so that it is reached from outside. */
  readonly hostNetwork?: boolean;
  readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never';
  readonly priorityClassName?: string;
  readonly behavior?: PodBehavior;
  /** Overrides fields of the container, e.g. `RUNNING_CONTAINER` for a pod of a real node. */
  readonly container?: Readonly<Record<string, unknown>>;
}

/** How the simulated kubelet treats the pod; see `POD_BEHAVIOR_ANNOTATIONS`. */
export interface PodBehavior {
  readonly readiness?: 'never' | 'crash-loop';
  readonly readyAfterMilliseconds?: number;
  readonly terminateAfterMilliseconds?: number;
  readonly termination?: 'never';
  readonly finish?: 'Succeeded' | 'Failed';
}

export interface PodTemplate {
  readonly metadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** One container. Simulated nodes do not run it, so its image need not exist. */
export const podTemplate = (shape: PodShape): PodTemplate => {
  const { labels, annotations, behavior, requests, emptyDir, claimName, container, ...spec } = shape;
  const volumes = [
    ...(emptyDir === undefined ? [] : [{ name: emptyDir, emptyDir: {} }]),
    ...(claimName === undefined ? [] : [{ name: claimName, persistentVolumeClaim: { claimName } }]),
  ];
  return {
    metadata: { labels: { ...labels }, annotations: { ...annotations, ...toAnnotations(behavior ?? {}) } },
    spec: {
      ...spec,
      containers: [
        {
          name: 'main',
          image: 'simulated',
          resources: { requests: { cpu: '100m', memory: '64Mi', ...requests } },
          volumeMounts: volumes.map(({ name }) => ({ name, mountPath: `/mnt/${name}` })),
          ...container,
        },
      ],
      volumes,
    },
  };
};

const toAnnotations = (behavior: PodBehavior): Record<string, string> => {
  const keys = Object.keys(POD_BEHAVIOR_ANNOTATIONS) as (keyof typeof POD_BEHAVIOR_ANNOTATIONS)[];
  const wanted = keys.filter((key) => behavior[key] !== undefined);
  return Object.fromEntries(wanted.map((key) => [POD_BEHAVIOR_ANNOTATIONS[key], String(behavior[key])]));
};
