/** A JSON object's own members; their types are still to be checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for plain objects only: no list, no null, no byte array. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  Object.prototype.toString.call(value) === '[object Object]';

/** The object that `text` spells, or `undefined` when it is no JSON or spells something else: people edit annotations. */
export const parseJsonObject = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
