import { REAL_NODE_GROUPS } from '../programs/program-groups.ts';
import { ensurePrograms, readHostingObstacle } from '../programs/programs.ts';
import { ensureHostImage } from './host-image.ts';
import type { HostImage } from './host-image.ts';
import { ensureHostTools, readHostToolsObstacle } from './host-tools.ts';
import { withInotifyRoom } from './inotify-room.ts';
import { removeDisk } from './host-machine.ts';
import { makeLoginKey, startRealNode } from './real-node.ts';
import type { RealNode, RealNodeParts } from './real-node.ts';
import type { RealNodeFixture } from './real-node-fixture.ts';

/** Creates real nodes for one stack. */
export interface RealNodes {
  /**
   * Boots hosts, all at once, and waits until each one's Node is Ready. May be called again. If too few inotify instances are free, it prints
   * that to standard error and waits.
   * @returns them in the order of `fixtures`
   * @throws Error when a Node does not become Ready; the other hosts keep running.
   */
  createRealNodes(fixtures: readonly RealNodeFixture[]): Promise<RealNode[]>;
  /** Turns off all hosts and removes their disks; their names can be used again. Their Node objects stay. */
  removeRealNodes(): Promise<void>;
}

/**
 * Why this machine cannot host real nodes, with the remedy; `undefined` when it can, or can once missing parts are built and installed.
 * Changes nothing.
 */
export const readRealNodesObstacle = async (): Promise<string | undefined> =>
  (await readHostingObstacle(REAL_NODE_GROUPS)) ?? (await readHostToolsObstacle());

/**
 * Builds and installs what real nodes need and what is not cached: the node's programs, Debian's tools, the image. Takes minutes when cold.
 * @throws Error when this machine cannot host real nodes.
 */
export const ensureRealNodesImage = async (onProgress: (line: string) => void): Promise<HostImage> => {
  const obstacle = await readRealNodesObstacle();
  if (obstacle !== undefined) throw new Error(obstacle);
  const programs = await ensurePrograms(REAL_NODE_GROUPS, onProgress);
  await ensureHostTools(onProgress);
  return ensureHostImage(programs, onProgress);
};

/** @param parts absent for a stack without real nodes: creating one is then an error */
export const prepareRealNodes = (parts: RealNodeParts | undefined): RealNodes => {
  let count = 0;
  let loginKey: Promise<string> | undefined;
  const started = new Set<RealNode>();

  const start = async (fixtures: readonly RealNodeFixture[]): Promise<RealNode[]> => {
    const { run } = requireParts(parts);
    loginKey ??= makeLoginKey(run);
    const identityFile = await loginKey;
    const first = count;
    count += fixtures.length;
    const startOne = async (fixture: RealNodeFixture, offset: number): Promise<RealNode> => {
      const node = await startRealNode(requireParts(parts), fixture, first + offset, identityFile);
      started.add(node);
      return node;
    };
    return withInotifyRoom(fixtures.length, printToStderr, () => Promise.all(fixtures.map(startOne)));
  };

  return {
    createRealNodes: start,
    removeRealNodes: async () => {
      await Promise.all([...started].map((node) => node.cutPower()));
      for (const { name } of started) removeDisk(requireParts(parts).run, name);
      started.clear();
    },
  };
};

const requireParts = (parts: RealNodeParts | undefined): RealNodeParts => {
  if (parts === undefined) throw new Error('This stack has no real nodes. Start it with `realNodes: true`.');
  return parts;
};

const printToStderr = (sentence: string): void => {
  process.stderr.write(`${sentence}\n`);
};
