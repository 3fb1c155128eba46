/** E.g. `1 pod`, `2 pods`, `0 pods`. Takes a noun whose plural ends in `s`. */
export const toCountText = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
