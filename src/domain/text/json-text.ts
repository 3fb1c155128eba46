/** A JSON object's own members, whose types are not checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for plain objects only: no list, no null, no byte array. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  Object.prototype.toString.call(value) === '[object Object]';

/** The object in `text`, or `undefined` when it is not JSON or not an object: annotations can be edited by anyone. */
export const parseJsonObject = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
