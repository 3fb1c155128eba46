import { describeTurns } from '../estimate/describe-estimate.ts';
import { toRoughDuration } from '../estimate/rough-duration.ts';
import type { Assessment } from './assessment.ts';
import type { PreflightFacts } from './facts.ts';
import type { Observation } from './findings.ts';

const MINUTE_SECONDS = 60;

/** Drains that likely take longer than the request allows. */
export const checkEstimates = (
  { request: { timeoutSeconds } }: PreflightFacts,
  { estimates }: Assessment,
): readonly Observation[] =>
  Object.entries(estimates).flatMap(
    ([
      nodeName,
      {
        likelySeconds = 0,
        longestSeconds = 0,
        turns: [slowest],
      },
    ]) => {
      if (timeoutSeconds === undefined || likelySeconds <= timeoutSeconds) return [];
      const why = slowest === undefined ? '' : `: ${describeTurns(slowest)}`;
      const enough = Math.ceil(longestSeconds / MINUTE_SECONDS) * MINUTE_SECONDS;
      const message =
        `the drain of node ${nodeName} likely takes about ${toRoughDuration(likelySeconds)}, and is undone after timeoutSeconds: ${timeoutSeconds}${why}: ` +
        `set timeoutSeconds: ${enough}, which is enough for the longest estimate`;
      return [{ code: 'DrainMayExceedTimeout', subject: nodeName, nodeName, message }];
    },
  );
