/** One thing that must be right before a drain can run. */
export interface DoctorCheck {
  readonly name: string;
  readonly ok: boolean;
  /** What was found. */
  readonly message: string;
  /** What to do about it; absent when it is right, or when the message says it. */
  readonly remedy?: string;
}

/** `ok   name: message`, or `FAIL name: message` with the remedy below. Pure. */
export const formatDoctorChecks = (checks: readonly DoctorCheck[]): string =>
  checks
    .flatMap(({ ok, name, message, remedy }) => [
      `${ok ? 'ok  ' : 'FAIL'} ${name}: ${message}`,
      ...(remedy === undefined ? [] : [`     ${remedy}`]),
    ])
    .join('\n');
