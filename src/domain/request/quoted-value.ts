import { toVisibleText } from '../text/visible-text.ts';

const MAXIMUM_LENGTH = 60;

const toVisible = (text: string): string => toVisibleText(text, MAXIMUM_LENGTH);

/** A caller's value for a message: at most about 60 characters of a string, only the kind of a list or an object. */
export const toQuotedValue = (value: unknown): string => {
  if (typeof value === 'string') {
    return `"${toVisible(value)}"`;
  }
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) {
    return String(value);
  }
  if (value === undefined) {
    return 'nothing';
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? 'an empty list' : 'a list';
  }
  return typeof value === 'object' ? 'an object' : `of type ${typeof value}`;
};

/** A caller's key for a message: at most 60 characters, in backticks. */
export const toQuotedKey = (key: string): string => `\`${toVisible(key).replaceAll('`', '?')}\``;
