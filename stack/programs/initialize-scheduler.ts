import { toProgram } from '../../src/scheduler/load-program.ts';
import { toProgramFile } from '../../src/scheduler/program-file.ts';
import { PROTOCOL_VERSION } from '../../src/scheduler/protocol.ts';
import type { ProgramRequest } from '../../src/scheduler/protocol.ts';
import { detachMemory } from './detach-memory.ts';
import { initializeModule } from './initialize-module.ts';

const toNamed = (kind: string): object => ({ metadata: { namespace: 'default', name: kind.toLowerCase() } });

const KINDS = [
  'Namespace',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'StorageClass',
  'CSINode',
  'CSIDriver',
  'CSIStorageCapacity',
  'VolumeAttachment',
  'ResourceClaim',
  'ResourceClaimTemplate',
  'ResourceSlice',
  'DeviceClass',
];

/**
 * What plugins and the JSON decoder create once, such as a default configuration or the fields of a type, exists after the first cluster.
 */
const SMALL_CLUSTER: readonly ProgramRequest[] = [
  { version: PROTOCOL_VERSION, reset: {} },
  { version: PROTOCOL_VERSION, add: { nodes: [{ metadata: { name: 'node' } }] } },
  { version: PROTOCOL_VERSION, add: { templates: [{ metadata: {}, spec: { containers: [{ name: 'main' }] } }] } },
  { version: PROTOCOL_VERSION, add: { objects: Object.fromEntries(KINDS.map((kind) => [kind, [toNamed(kind)]])) } },
  { version: PROTOCOL_VERSION, load: { disabledPlugins: [] } },
  { version: PROTOCOL_VERSION, reset: {} },
];

/**
 * The file of the program of `src/scheduler`, as it is after its start and its first cluster, so that a plan does not wait for either.
 * @param code as compiled by Go
 * @throws Error: the program does not start, or rejects a small cluster.
 */
export const initializeScheduler = async (code: Buffer): Promise<Buffer> => {
  const initialized = await initializeModule(code, (exports) => {
    const program = toProgram(exports);
    for (const request of SMALL_CLUSTER) {
      const { error } = program.call(request);
      if (error !== undefined) throw new Error(`The scheduler program rejects a small cluster: ${error}`);
    }
  });
  const { module, segments } = detachMemory(initialized);
  return toProgramFile(module, segments);
};
