import pc from 'picocolors';

/** Emphasis on a terminal; `PLAIN` leaves the text unchanged, for files, pipes and tests. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly careful: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

const same = (text: string): string => text;

export const PLAIN: Paint = { good: same, bad: same, careful: same, strong: same, faint: same };

/** Colours when `enabled`, else the text unchanged. */
export const createPaint = (enabled: boolean): Paint => {
  const colors = pc.createColors(enabled);
  return {
    good: colors.green,
    bad: colors.red,
    careful: colors.yellow,
    strong: colors.bold,
    faint: colors.dim,
  };
};
