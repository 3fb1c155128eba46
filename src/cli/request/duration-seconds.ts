import { toUsageFailure } from '../cli-failure.ts';

const SECONDS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };

const DURATION = /^(\d+(\.\d+)?(h|ms|m|s))+$/;

/**
 * Whole seconds of a duration as kubectl reads it, e.g. `90s`, `10m`, `1h30m`, `0`; a fraction of a second is rounded up.
 * @throws CliFailure `Usage`: it has another form.
 */
export const toDurationSeconds = (flag: string, text: string): number => {
  if (text === '0') return 0;
  if (!DURATION.test(text)) {
    const hint = /^\d+$/.test(text) ? `; for ${text} seconds write ${text}s` : '';
    throw toUsageFailure(`${flag} takes a duration with units such as 90s, 10m or 1h30m, not "${text}"${hint}.`);
  }
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)];
  return Math.ceil(parts.reduce((sum, [, amount = '0', unit = 's']) => sum + Number(amount) * (SECONDS[unit] ?? 1), 0));
};
