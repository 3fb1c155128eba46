import type { Leftover } from '../../src/domain/janitor/leftover.ts';

/** The cordon of task `task-1`, whose workflow is closed, on `node-1`. */
export const leftover = (overrides: Partial<Leftover> = {}): Leftover => ({
  kind: 'marks',
  object: 'Node node-1',
  what: 'its cordon and annotations',
  taskId: 'task-1',
  task: 'closed',
  commands: ['kubectl uncordon node-1'],
  target: { kind: 'Node', nodeName: 'node-1', nodeUid: 'uid-node-1', machineID: '' },
  ...overrides,
});
