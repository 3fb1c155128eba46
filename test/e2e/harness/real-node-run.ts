import { startStack } from '../../../stack/start-stack.ts';

/*
 * A separate run, as a program: `node real-node-run.ts <base directory> <node name>`. It boots one real node, prints one line of JSON about
 * it, and then waits until it is killed.
 */

/** The printed line. */
export interface RunNote {
  readonly runId: string;
  readonly serverUrl: string;
  readonly nodeNames: readonly string[];
  readonly address: string;
  readonly machineId: string;
}

const main = async (baseDirectory: string, name: string): Promise<void> => {
  const stack = await startStack({ realNodes: true, baseDirectory });
  const [node] = await stack.createRealNodes([{ name }]);
  if (node === undefined) throw new Error('No node was created.');
  const nodes = await stack.api.list('/api/v1/nodes');
  const note: RunNote = {
    runId: stack.runId,
    serverUrl: stack.serverUrl,
    nodeNames: nodes.map(({ metadata }) => metadata.name),
    address: node.address,
    machineId: (await node.read('cat /etc/machine-id')).trim(),
  };
  process.stdout.write(`${JSON.stringify(note)}\n`);
  setInterval(() => undefined, 60_000);
};

const [, , baseDirectory, nodeName] = process.argv;
if (baseDirectory !== undefined && nodeName !== undefined) await main(baseDirectory, nodeName);
