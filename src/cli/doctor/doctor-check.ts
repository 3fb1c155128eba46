import { toPreviewLines } from '../format/preview-lines.ts';
import type { CleanupPreview } from '../../domain/host/preview.ts';

/** The result of one check of what a decommission needs. */
export interface DoctorCheck {
  readonly name: string;
  readonly ok: boolean;
  /** What was found. */
  readonly message: string;
  /** What to do; absent when the check passed, or when the message includes it. */
  readonly remedy?: string;
  /** For a host: what its cleanup touches and leaves. */
  readonly preview?: CleanupPreview;
}

/** `ok   name: message`, or `FAIL name: message` with the remedy and, if asked for, the preview below. Pure. */
export const formatDoctorChecks = (checks: readonly DoctorCheck[], showsPreviews = false): string =>
  checks
    .flatMap(({ ok, name, message, remedy, preview }) => [
      `${ok ? 'ok  ' : 'FAIL'} ${name}: ${message}`,
      ...(remedy === undefined ? [] : [`     ${remedy}`]),
      ...(preview === undefined || !showsPreviews ? [] : toPreviewLines(preview, 5)),
    ])
    .join('\n');
