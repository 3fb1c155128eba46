import { withoutFullStop } from '../domain/text/join-sentences.ts';
import type { HostCheck } from '../domain/preflight/facts.ts';
import type { HostInspection } from './inspect-hosts.ts';

export interface PlanHosts {
  /** As `PreflightFacts.hosts`. */
  readonly hosts: Readonly<Record<string, HostCheck>>;
  /** As `PreflightFacts.notChecked`. */
  readonly notChecked: readonly string[];
}

/**
 * Host checks for a plan that is made outside of a worker. A host that cannot be reached from here is not checked: a worker may reach it.
 * Pure.
 */
export const toPlanHosts = (inspections: readonly HostInspection[]): PlanHosts => {
  const checks = inspections.flatMap((inspection) =>
    inspection.kind === 'checked' ? [[inspection.nodeName, inspection.check] as const] : [],
  );
  return {
    hosts: Object.fromEntries(checks.filter(([, check]) => !isUnreachable(check))),
    notChecked: checks.flatMap(([nodeName, check]) =>
      !check.ok && isUnreachable(check)
        ? [`the host of node ${nodeName}, which cannot be reached from here: ${withoutFullStop(check.message)}`]
        : [],
    ),
  };
};

const isUnreachable = (check: HostCheck): boolean => !check.ok && check.code === 'HostUnreachable';
