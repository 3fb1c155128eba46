const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
/** From here on the next larger unit is exact enough. */
const ENOUGH_OF_A_UNIT = 1.5;

/** As exact as an estimate can be, e.g. `40 s`, `3 minutes`, `2.5 hours`. At least `1 s`. Pure. */
export const toRoughDuration = (seconds: number): string => {
  const { count, unit } = toParts(seconds);
  return `${count} ${unit}`;
};

/** E.g. `2 to 6 minutes`, `40 s to 3 minutes`; `at most 30 s` when it may be over at once. Pure. */
export const toRoughRange = (fromSeconds: number, toSeconds: number): string => {
  const [from, to] = [toParts(fromSeconds), toParts(toSeconds)];
  if (fromSeconds < 1) return `at most ${to.count} ${to.unit}`;
  if (from.unit !== to.unit) return `${from.count} ${from.unit} to ${to.count} ${to.unit}`;
  return from.count === to.count ? `about ${to.count} ${to.unit}` : `${from.count} to ${to.count} ${to.unit}`;
};

const toParts = (seconds: number): { readonly count: number; readonly unit: 's' | 'minutes' | 'hours' } => {
  if (seconds < MINUTE_SECONDS * ENOUGH_OF_A_UNIT) return { count: Math.max(1, Math.round(seconds)), unit: 's' };
  if (seconds < HOUR_SECONDS * ENOUGH_OF_A_UNIT)
    return { count: Math.round(seconds / MINUTE_SECONDS), unit: 'minutes' };
  return { count: Math.round((seconds / HOUR_SECONDS) * 10) / 10, unit: 'hours' };
};
