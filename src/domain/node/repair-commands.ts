import { OUT_OF_SERVICE } from './out-of-service.ts';
import { toTaintValue } from './task-taint.ts';
import type { EarlierNodeState } from './earlier-state.ts';
import {
  DELETION_COST_ANNOTATION,
  EARLIER_DELETION_COST_ANNOTATION,
  EARLIER_STATE_ANNOTATION,
  EXCLUDE_BALANCERS_LABEL,
  LEAVING_TAINT_KEY,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  OWNER_TASK_ANNOTATION,
  REASON_ANNOTATION,
  REQUESTED_BY_ANNOTATION,
  SCALE_DOWN_DISABLED_ANNOTATION,
  SURGE_LABEL,
  toTaskAnnotation,
  WAITING_TAINT_KEY,
} from '../cluster/annotations.ts';

/** The earlier state of a Node, as far as an operator needs it to repair the Node. */
export type EarlierMarks = Pick<EarlierNodeState, 'unschedulable' | 'annotations'>;

/** Quotes any text as one word of a POSIX shell. */
const toShellWord = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A key with its dots escaped, as kubectl's JSONPath requires. */
const toJsonPathKey = (key: string): string => key.replaceAll('.', String.raw`\.`);

const toAnnotateCommand = (nodeName: string, annotations: EarlierMarks['annotations']): string => {
  const words = Object.entries(annotations).map(([key, value]) =>
    value === null ? `${key}-` : `${key}=${toShellWord(value)}`,
  );
  return `kubectl annotate node ${nodeName} --overwrite ${words.join(' ')}`;
};

/**
 * The commands for an operator when the changes to a Node could not be undone: with the earlier state when it is known, else with a
 * command that reads it first. The record of the earlier state is removed last.
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
    `kubectl get node ${nodeName} -o jsonpath=${record}   # prints the earlier state; no output means that the node was not changed`,
    `kubectl uncordon ${nodeName}   # only if the output contains "unschedulable":false`,
    `kubectl annotate node ${nodeName} --overwrite ${SCALE_DOWN_DISABLED_ANNOTATION}-   # if the output has null for it; otherwise set ${SCALE_DOWN_DISABLED_ANNOTATION}=<the value in the output>`,
    `kubectl annotate node ${nodeName} ${ours.map((key) => `${key}-`).join(' ')}`,
  ];
};

/**
 * The commands for an operator when the budgets of a task could not be released. The first command finds all budgets by the task's
 * annotation, including those created late or by an attempt without a response, so the annotation is removed last. `created`: the
 * budgets that are known.
 */
export const toBudgetCommands = (
  taskId: string,
  created: readonly { readonly namespace: string; readonly name: string }[],
): readonly string[] => {
  const annotation = toTaskAnnotation(taskId);
  const items = `{range .items[?(@.metadata.annotations.${toJsonPathKey(annotation)})]}{.metadata.namespace} {.metadata.name}{"\\n"}{end}`;
  const unless = 'unless it has another NodeDrainTask annotation or was edited';
  return [
    `kubectl get pdb --all-namespaces -l ${MANAGED_BY_LABEL}=${MANAGED_BY} -o jsonpath='${items}'   # prints namespace and name of the budgets that this task created`,
    ...created.map(({ namespace, name }) => `kubectl delete pdb -n ${namespace} ${name}   # ${unless}`),
    `kubectl delete pdb -n <namespace> <name>   # every other budget in that list, ${unless}`,
    `kubectl annotate pdb --all --all-namespaces ${annotation}-   # run this last: the first command finds the budgets by this annotation`,
  ];
};

/** Sets the replica count of a Deployment as it was before its second replica was started. */
export const toReplicasCommand = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  `kubectl scale deployment -n ${namespace} ${name} --replicas=1`;

/** The commands for an operator when the second replicas of a task could not be removed. The label, which finds them, is removed last. */
export const toSurgeCommands = (): readonly string[] => [
  `kubectl get deployment --all-namespaces -l ${SURGE_LABEL}   # prints the Deployments that a task has given a second replica`,
  `kubectl annotate pod --all -n <namespace> ${EARLIER_DELETION_COST_ANNOTATION}- ${DELETION_COST_ANNOTATION}-   # only pods that have both`,
  `${toReplicasCommand({ namespace: '<namespace>', name: '<name>' })}   # only if it has 2 and no other task works on it`,
  `kubectl label deployment -n <namespace> <name> ${SURGE_LABEL}-`,
];

/** Removes the taint of a node that waited for its turn. */
export const toWaitingTaintCommand = (nodeName: string): string =>
  `kubectl taint node ${nodeName} ${WAITING_TAINT_KEY}:PreferNoSchedule-`;

/** Removes the taint of a node whose DaemonSet pods were evicted. */
export const toLeavingTaintCommand = (nodeName: string): string =>
  `kubectl taint node ${nodeName} ${LEAVING_TAINT_KEY}:NoSchedule-   # only if it has this taint`;

/** Removes the taint of a node that the task has marked out of service; other clients use the same key. */
export const toOutOfServiceCommand = (nodeName: string, taskId: string): string =>
  `kubectl taint node ${nodeName} ${OUT_OF_SERVICE.key}:${OUT_OF_SERVICE.effect}-   # only if it has this taint with the value ${toTaintValue(taskId)}`;

/** Removes the label of a node that the task has excluded from load balancers; other clients use the same label. */
export const toBalancerCommand = (nodeName: string, taskId: string): string =>
  `kubectl label node ${nodeName} ${EXCLUDE_BALANCERS_LABEL}-   # only if its value is ${toTaintValue(taskId)}`;

/** Lists what the workflow of a task or node has left in its cluster; what all ended tasks have left when the id does not name it. */
export const toJanitorCommand = (workflowId: string): string => {
  const [, cluster = '', kind, name = ''] = /^decommission\/([^/]+)\/(task|node)\/([\w.-]+)$/.exec(workflowId) ?? [];
  if (name === '') return 'node-decommission janitor';
  return `node-decommission janitor ${kind === 'node' ? name : `--task ${name}`} --cluster ${cluster}`;
};

/** Removes the lock of a task that no longer runs from a Node; the operator states the reason. */
export const toUnlockCommand = (nodeName: string, cluster: string, reason: string): string =>
  `node-decommission unlock ${nodeName} --cluster ${cluster} --reason ${toShellWord(reason)}`;
