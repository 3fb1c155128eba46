/** Rounded to whole seconds, e.g. `45s`, `3m 12s`, `1h 02m`, `2d 03h`. Negative counts as 0. Pure. */
export const toDurationText = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(whole / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return `${days}d ${pad(hours % 24)}h`;
  if (hours > 0) return `${hours}h ${pad(minutes % 60)}m`;
  if (minutes > 0) return `${minutes}m ${pad(whole % 60)}s`;
  return `${whole}s`;
};

/** Seconds from one RFC 3339 time to another; 0 when either is missing or invalid. */
export const toSecondsBetween = (from: string | undefined, to: string | undefined): number => {
  if (from === undefined || to === undefined) return 0;
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  return Number.isFinite(seconds) ? seconds : 0;
};

const pad = (number: number): string => String(number).padStart(2, '0');
