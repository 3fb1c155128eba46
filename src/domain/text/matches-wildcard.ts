/** `*` matches any text, `?` one character, everything else itself; the whole text must match. */
export const matchesWildcard = (text: string, pattern: string): boolean =>
  new RegExp(`^${pattern.replace(/\*+/g, '*').replace(/[^\w]/g, toExpression)}$`, 's').test(text);

const toExpression = (character: string): string => {
  if (character === '*') {
    return '.*';
  }
  return character === '?' ? '.' : `\\${character}`;
};
