import { expect, it } from '@jest/globals';
import { createWorkerLogger } from '../../../src/cli/embedded/worker-logger.ts';

it('writes name, message and stack of an error, and none of its other properties', () => {
  let line = '';
  const logger = createWorkerLogger({ write: (text) => (line += text) });
  logger.error({ error: Object.assign(new TypeError('it is undefined'), { headers: 'secret' }) }, 'unexpected');
  expect(JSON.parse(line)).toMatchObject({
    msg: 'unexpected',
    error: { name: 'TypeError', message: 'it is undefined', stack: expect.stringContaining('worker-logger.test') },
  });
  expect(line).not.toContain('secret');
});
