import { parseSelectorText, SELECTOR_PATTERN } from '../cluster/label-selector.ts';
import type { DecommissionRequest } from './decommission-request.ts';
import { toQuotedValue } from './quoted-value.ts';
import { refuse, toTextReader, type RequestProblem } from './field.ts';
import { describeReader, type KeyReader } from './schema/json-schema.ts';

const MAXIMUM_LENGTH = 1000;

const readText = toTextReader(MAXIMUM_LENGTH);

/** Without the control characters that `readText` refuses, which may stand in a list of values. */
const SCHEMA = {
  ...readText.schema,
  pattern: String.raw`(?=^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*$)${SELECTOR_PATTERN}`,
};

/** A label selector as `kubectl -l` takes it, with at least one requirement: an empty one would keep every pod. */
export const readKeepPods: KeyReader<string> = describeReader(SCHEMA, (value) => {
  const reading = readText(value);
  if (!reading.ok || parseSelectorText(reading.value) !== undefined) return reading;
  return refuse(`must be a label selector such as "app=web,tier in (a,b)", but is ${toQuotedValue(value)}`);
});

/** A node that is removed takes its pods with it, and so does one that is marked out of service: that taint has the effect NoExecute. */
export const checkKeepPods = ({
  keepPods,
  deleteNode,
  hostCleanup,
  deadNode,
}: Pick<DecommissionRequest, 'keepPods' | 'deleteNode' | 'hostCleanup' | 'deadNode'>): readonly RequestProblem[] => {
  if (keepPods === undefined) return [];
  const problem = (message: string): RequestProblem => ({ key: 'keepPods', message });
  const staying = problem(
    '`keepPods` leaves pods on the node, so the node has to stay and its kubelet to run: set `deleteNode` to false and `hostCleanup` to "skip", or omit `keepPods`',
  );
  const deleted = problem(
    '`deadNode: outOfService` marks a dead node, which deletes all its pods, also those that `keepPods` leaves: set `deadNode` to "refuse", or omit `keepPods`',
  );
  return [
    ...(deleteNode || hostCleanup !== 'skip' ? [staying] : []),
    ...(deadNode === 'outOfService' ? [deleted] : []),
  ];
};
