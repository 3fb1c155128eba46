import { isJsonObject, parseJsonObject, type JsonObject } from '../text/json-text.ts';

/** The state of a Node before a task changed it, as the task recorded it on the Node. */
export interface EarlierNodeState {
  /** The task that wrote this record: it stays usable when another client removes the owner annotation. */
  readonly taskId: string;
  readonly unschedulable: boolean;
  /** Earlier value of every annotation that the task set; null = there was none. */
  readonly annotations: Readonly<Record<string, string | null>>;
  /** Hash of the value that the task set, by annotation: a different hash means that another client changed it later. */
  readonly writtenHashes: Readonly<Record<string, string>>;
}

const hasOnly = (source: JsonObject, isExpected: (value: unknown) => boolean): boolean =>
  Object.values(source).every(isExpected);

const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  isJsonObject(value) && hasOnly(value, (entry) => typeof entry === 'string');

const isTextsOrNulls = (value: unknown): value is Readonly<Record<string, string | null>> =>
  isJsonObject(value) && hasOnly(value, (entry) => entry === null || typeof entry === 'string');

/** Reads the earlier-state annotation; `undefined` when it is absent or not a complete record. Never throws. */
export const parseEarlierNodeState = (text: string | undefined): EarlierNodeState | undefined => {
  const source = text === undefined ? undefined : parseJsonObject(text);
  if (!source) {
    return undefined;
  }
  const { taskId, unschedulable, annotations, writtenHashes } = source;
  return typeof taskId === 'string' &&
    typeof unschedulable === 'boolean' &&
    isTextsOrNulls(annotations) &&
    isTexts(writtenHashes)
    ? { taskId, unschedulable, annotations, writtenHashes }
    : undefined;
};

/** The annotation's text; `parseEarlierNodeState` reads it back. */
export const toEarlierStateText = (state: EarlierNodeState): string =>
  JSON.stringify({
    taskId: state.taskId,
    unschedulable: state.unschedulable,
    annotations: state.annotations,
    writtenHashes: state.writtenHashes,
  } satisfies EarlierNodeState);
