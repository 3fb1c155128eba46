import { LOCK_ANNOTATION, POINT_OF_NO_RETURN_ANNOTATION } from '../../../src/domain/cluster/annotations.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { ObjectWatch } from '../harness/object-watch.ts';

/** Every state of a Node past its point of no return in which it is schedulable or unlocked: must be empty. */
export const toUndonePastReturn = ({ events }: Pick<ObjectWatch, 'events'>): readonly string[] => {
  const passed = new Set<string>();
  return events().flatMap(({ type, object }) => {
    const { uid = '', name } = object.metadata;
    if (hasAnnotation(object, POINT_OF_NO_RETURN_ANNOTATION)) passed.add(uid);
    if (!passed.has(uid) || type === 'DELETED') return [];
    const isLocked = hasAnnotation(object, LOCK_ANNOTATION);
    const isCordoned = object.spec?.['unschedulable'] === true;
    return [...(isLocked ? [] : [`${name} is unlocked`]), ...(isCordoned ? [] : [`${name} is schedulable`])];
  });
};

const hasAnnotation = ({ metadata }: KubernetesObject, key: string): boolean => key in (metadata.annotations ?? {});
