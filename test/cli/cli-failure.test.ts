import { describe, expect, it } from '@jest/globals';
import { toCliFailure, toUsageFailure } from '../../src/cli/cli-failure.ts';
import {
  CannotCancelError,
  DifferentRequestError,
  InvalidRequestError,
  NoReportError,
  NoWorkerError,
} from '../../src/client/decommission-error.ts';
import { DecommissionFailure } from '../../src/domain/run/failures.ts';
import { ClusterFailure } from '../../src/ports/cluster-failure.ts';
import { TemporalAccessDenied } from '../../src/ports/workflow-directory.ts';

describe('toCliFailure', () => {
  it.each([
    { name: 'a usage failure', error: toUsageFailure('wrong'), code: 'Usage', exitStatus: 2 },
    { name: 'an invalid request', error: new InvalidRequestError('wrong'), code: 'InvalidRequest', exitStatus: 2 },
    {
      name: 'a running decommission with another request',
      error: new DifferentRequestError('id'),
      code: 'DifferentRequest',
      exitStatus: 2,
    },
    { name: 'no worker', error: new NoWorkerError('no worker'), code: 'NoWorker', exitStatus: 1 },
    { name: 'a terminated run', error: new NoReportError('id', 'was terminated'), code: 'NoReport', exitStatus: 4 },
    {
      name: 'a decommission past the point of no return',
      error: new CannotCancelError('id', [{ what: 'x', at: 'y', laterNodeNames: [] }], false),
      code: 'CannotCancel',
      exitStatus: 4,
    },
    { name: 'a cluster failure', error: new ClusterFailure('Forbidden', 'no'), code: 'Forbidden', exitStatus: 1 },
    {
      name: 'a cluster that is not configured',
      error: new DecommissionFailure('InvalidInput', 'no such cluster'),
      code: 'InvalidInput',
      exitStatus: 2,
    },
    {
      name: 'missing access',
      error: new TemporalAccessDenied('grant it'),
      code: 'TemporalAccessDenied',
      exitStatus: 1,
    },
    { name: 'an unexpected error', error: new TypeError('boom'), code: 'TypeError', exitStatus: 1 },
    { name: 'a thrown value that is not an error', error: 'boom', code: 'Error', exitStatus: 1 },
  ])('maps $name to its exit status', ({ error, code, exitStatus }) => {
    expect(toCliFailure(error)).toMatchObject({ code, exitStatus });
  });

  it("adds the Temporal server's own sentence", () => {
    const cause = Object.assign(new Error('7 PERMISSION_DENIED'), { details: 'Request unauthorized.' });
    const error = Object.assign(new Error('Failed to start Workflow', { cause }), { name: 'ServiceError' });
    expect(toCliFailure(error).message).toBe(
      'a call to the Temporal server failed: Failed to start Workflow (Request unauthorized.); run `doctor` to check the server.',
    );
  });
});
