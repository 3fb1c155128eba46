import { withoutFullStop } from '../text/join-sentences.ts';
import type { PreflightFacts } from './facts.ts';
import type { Observation } from './findings.ts';

/**
 * Reasons not to clean the hosts. A host that cannot be reached or used is a warning where the cleanup may fail (`bestEffort`); a host
 * whose identity is not proven is never touched.
 */
export const checkHosts = ({ request, hosts }: PreflightFacts): readonly Observation[] =>
  request.hostCleanup === 'skip'
    ? []
    : Object.entries(hosts).flatMap(([nodeName, check]) =>
        check.ok
          ? []
          : [
              {
                code: check.code,
                subject: nodeName,
                nodeName,
                message: withoutFullStop(check.message),
                ...(isIgnorable(check.code) && request.hostCleanup === 'bestEffort'
                  ? { asSeverity: 'warning' as const }
                  : {}),
              },
            ],
      );

const isIgnorable = (code: Observation['code']): boolean => code === 'HostUnreachable' || code === 'HostUnusable';
