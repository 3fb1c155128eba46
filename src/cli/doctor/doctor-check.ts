/** The result of one check of what a decommission needs. */
export interface DoctorCheck {
  readonly name: string;
  readonly ok: boolean;
  /** What was found. */
  readonly message: string;
  /** What to do; absent when the check passed, or when the message includes it. */
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
