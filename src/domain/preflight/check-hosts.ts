import type { PreflightFacts } from './facts.ts';
import type { Observation } from './findings.ts';

/**
 * What speaks against cleaning the hosts. One that cannot be reached or used is a warning where the cleanup may fail (`bestEffort`); one
 * that is not proven to be the node's is never touched.
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
                message: check.message.replace(/\.$/, ''),
                ...(isForgivable(check.code) && request.hostCleanup === 'bestEffort'
                  ? { asSeverity: 'warning' as const }
                  : {}),
              },
            ],
      );

const isForgivable = (code: Observation['code']): boolean => code === 'HostUnreachable' || code === 'HostUnusable';
