import { describe, it } from '@jest/globals';

const isContinuousIntegration = ['true', '1'].includes(process.env['CI'] ?? '');

/**
 * `describe` for suites that not every machine can host. If there is an obstacle, they are skipped with one visible line; with CI set, that
 * is a failure.
 * @param what completes "can host …" and "with …"
 */
export const describeWhereHosted = (
  what: string,
  obstacle: string | undefined,
  name: string,
  define: () => void,
): void => {
  if (obstacle === undefined) {
    describe(name, define);
    return;
  }
  const sentence = `"${name}" DID NOT RUN. ${obstacle}`;
  process.stderr.write(`\n== ${sentence}\n`);
  describe(name, () => {
    if (isContinuousIntegration) {
      it(`has a machine that can host ${what}, as CI must`, () => {
        throw new Error(sentence);
      });
    }
    describe.skip(`with ${what}`, define);
  });
};
