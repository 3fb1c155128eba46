import pc from 'picocolors';

/** Emphasis for people; `PLAIN` leaves text as it is, for files, pipes and tests. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly careful: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

const same = (text: string): string => text;

export const PLAIN: Paint = { good: same, bad: same, careful: same, strong: same, faint: same };

/** Colours where the stream is a terminal and NO_COLOR does not forbid them. */
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
