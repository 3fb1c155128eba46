import type { EarlierNodeState } from './earlier-state.ts';
import {
  EARLIER_STATE_ANNOTATION,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  OWNER_TASK_ANNOTATION,
  REASON_ANNOTATION,
  REQUESTED_BY_ANNOTATION,
  SCALE_DOWN_DISABLED_ANNOTATION,
  toTaskAnnotation,
} from '../cluster/annotations.ts';

/** What a Node was before us, as far as a person who repairs it needs it. */
export type EarlierMarks = Pick<EarlierNodeState, 'unschedulable' | 'annotations'>;

/** One word of a POSIX shell, whatever is in it. */
const toShellWord = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A key as kubectl's JSONPath takes it: its dots are escaped. */
const toJsonPathKey = (key: string): string => key.replaceAll('.', String.raw`\.`);

const toAnnotateCommand = (nodeName: string, annotations: EarlierMarks['annotations']): string => {
  const words = Object.entries(annotations).map(([key, value]) =>
    value === null ? `${key}-` : `${key}=${toShellWord(value)}`,
  );
  return `kubectl annotate node ${nodeName} --overwrite ${words.join(' ')}`;
};

/**
 * What a person runs when a Node could not be put back: exactly what it was before when `earlier` is known, else how to read that first.
 * The record of it goes last.
 */
export const toNodeCommands = (
  nodeName: string,
  taskId: string,
  earlier: EarlierMarks | undefined,
): readonly string[] => {
  if (earlier) {
    const uncordon = earlier.unschedulable ? [] : [`kubectl uncordon ${nodeName}`];
    return [...uncordon, toAnnotateCommand(nodeName, earlier.annotations)];
  }
  const ours = [
    OWNER_TASK_ANNOTATION,
    toTaskAnnotation(taskId),
    REQUESTED_BY_ANNOTATION,
    REASON_ANNOTATION,
    EARLIER_STATE_ANNOTATION,
  ];
  const record = `'{.metadata.annotations.${toJsonPathKey(EARLIER_STATE_ANNOTATION)}}'`;
  return [
    `kubectl get node ${nodeName} -o jsonpath=${record}   # what it was before; if this prints nothing, it was not changed yet`,
    `kubectl uncordon ${nodeName}   # only if that says "unschedulable":false`,
    `kubectl annotate node ${nodeName} --overwrite ${SCALE_DOWN_DISABLED_ANNOTATION}-   # if that has null for it; else ${SCALE_DOWN_DISABLED_ANNOTATION}=<that value>`,
    `kubectl annotate node ${nodeName} ${ours.map((key) => `${key}-`).join(' ')}`,
  ];
};

/**
 * What a person runs when the budgets of a task could not be let go. The task's annotation is what finds them, also those that were made
 * late or by an attempt whose answer was lost, so it goes last. `created`: those that are known for sure.
 */
export const toBudgetCommands = (
  taskId: string,
  created: readonly { readonly namespace: string; readonly name: string }[],
): readonly string[] => {
  const annotation = toTaskAnnotation(taskId);
  const items = `{range .items[?(@.metadata.annotations.${toJsonPathKey(annotation)})]}{.metadata.namespace} {.metadata.name}{"\\n"}{end}`;
  const unless = 'unless it carries another NodeDrainTask annotation, or somebody edited it';
  return [
    `kubectl get pdb --all-namespaces -l ${MANAGED_BY_LABEL}=${MANAGED_BY} -o jsonpath='${items}'   # namespace and name of the budgets that this task made`,
    ...created.map(({ namespace, name }) => `kubectl delete pdb -n ${namespace} ${name}   # ${unless}`),
    `kubectl delete pdb -n <namespace> <name>   # each other one of that list, ${unless}`,
    `kubectl annotate pdb --all --all-namespaces ${annotation}-   # last: the list is found by it`,
  ];
};

/** Takes the lock of a task that is gone off a Node; the person gives the reason. */
export const toUnlockCommand = (nodeName: string, cluster: string, reason: string): string =>
  `node-decommission unlock ${nodeName} --cluster ${cluster} --reason ${toShellWord(reason)}`;
