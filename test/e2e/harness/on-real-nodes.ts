import { describe, it } from '@jest/globals';

import { readRealNodesObstacle } from '../../../stack/hosts/real-nodes.ts';

const obstacle = await readRealNodesObstacle();
const isContinuousIntegration = ['true', '1'].includes(process.env['CI'] ?? '');

/**
 * `describe` for suites that need real nodes. Where the machine cannot host them they are skipped with one loud line; with CI set that
 * is a failure.
 */
export const describeOnRealNodes = (name: string, define: () => void): void => {
  if (obstacle === undefined) {
    describe(name, define);
    return;
  }
  const sentence = `"${name}" DID NOT RUN. ${obstacle}`;
  process.stderr.write(`\n== ${sentence}\n`);
  describe(name, () => {
    if (isContinuousIntegration) {
      it('has a machine that can host real nodes, as CI must', () => {
        throw new Error(sentence);
      });
    }
    describe.skip('on real nodes', define);
  });
};
