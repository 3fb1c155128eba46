/**
 * Text from outside, for a message: at most `maximumLength` characters. Replaces control characters, line ends, direction marks and broken
 * surrogates: they could forge or garble a line on a terminal.
 */
export const toVisibleText = (text: string, maximumLength: number): string => {
  const visible = text.slice(0, maximumLength + 1).replace(/\p{C}|\p{Zl}|\p{Zp}/gu, '?');
  return visible.length > maximumLength ? `${visible.slice(0, maximumLength - 1)}…` : visible;
};
