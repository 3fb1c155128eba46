import type { Finding } from '../../domain/plan/decommission-plan.ts';

/** The subject of `NotChecked` is complete. The override is added unless the message includes it, as most do. Pure. */
export const toFindingText = ({ code, subject, message, override }: Finding): string => {
  if (code === 'NotChecked') return subject;
  const isNamed = override === undefined || message.includes(override);
  return `${code}: ${message}${isNamed ? '' : ` (to proceed anyway, set ${override})`}`;
};
