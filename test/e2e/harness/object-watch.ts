import { readFileSync } from 'node:fs';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { Stack } from '../../../stack/stack.ts';
import { isHealthy } from './pods-on-node.ts';

/** The API server ends a watch without it after half an hour to an hour. */
const TIMEOUT_SECONDS = 6 * 3600;

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubernetesObject;
}

/** Every change of a collection since the watch started, as the administrator receives it. */
export interface ObjectWatch {
  /** In order; the first `initialCount` are the objects at the start. */
  readonly events: () => readonly WatchEvent[];
  readonly initialCount: number;
  stop(): Promise<void>;
}

/** Watches the collection at this API path with a separate kubectl, starting with the existing objects. */
export const startObjectWatch = async (stack: Stack, name: string, path: string): Promise<ObjectWatch> => {
  const initialCount = (await stack.api.list(path)).length;
  const process = stack.startProgram({
    name: `watch-${name}`,
    command: stack.programs.kubectl,
    arguments: ['get', '--raw', `${path}?watch=true&timeoutSeconds=${TIMEOUT_SECONDS}`],
    environment: { HOME: stack.directory, KUBECONFIG: stack.adminKubeconfigPath },
  });
  const events = (): readonly WatchEvent[] =>
    readFileSync(process.logPath, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as WatchEvent);
  await awaitCondition(`the watch of ${path} has listed the existing objects`, () => {
    process.checkRunning();
    return events().length >= initialCount;
  });
  return {
    events,
    initialCount,
    stop: async () => {
      await process.stop('SIGKILL');
    },
  };
};

/** The lowest number of healthy pods with the label `app: <app>` at any moment of a watch of pods. */
export const toLowestHealthyCount = ({ events, initialCount }: ObjectWatch, app: string): number => {
  const healthy = new Set<string>();
  let lowest = Infinity;
  events().forEach(({ type, object }, index) => {
    const { uid = '', labels } = object.metadata;
    if (type !== 'DELETED' && labels?.['app'] === app && isHealthy(object)) healthy.add(uid);
    else healthy.delete(uid);
    if (index >= initialCount - 1) lowest = Math.min(lowest, healthy.size);
  });
  return lowest;
};
