import { readRealNodesObstacle } from '../../../stack/hosts/real-nodes.ts';
import { describeWhereHosted } from './describe-where-hosted.ts';

const obstacle = await readRealNodesObstacle();

/** `describe` for suites that need real nodes. */
export const describeOnRealNodes = (name: string, define: () => void): void => {
  describeWhereHosted('real nodes', obstacle, name, define);
};
