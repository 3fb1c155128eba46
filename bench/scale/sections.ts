/** A part of the page beside the rows: figures of larger clusters. */
export interface Section {
  readonly name: string;
  readonly title: string;
  readonly explanation: string;
  /** The program in this folder that measures it; absent: a test that takes hours does, and its figures are recorded from a file. */
  readonly script?: string;
  /** The command that measures it. */
  readonly command: string;
}

export const SECTIONS: readonly Section[] = [
  {
    name: 'parallel-nodes',
    title: 'Twenty nodes at once',
    explanation:
      '20 nodes with 110 pods each, in one task with `maxConcurrentNodes: 20`, under the conditions of the rows: termination 5 s, no budgets. The memory is that of the worker.',
    script: 'parallel-nodes.ts',
    command: 'npm run bench -- --sections parallel-nodes',
  },
  {
    name: 'budget-events',
    title: 'An event of a budget',
    explanation:
      '2,000 budgets that allow nothing, and 40 nodes with 110 pods each that are drained by one worker: processor time for each event of a budget, from the line of the watch to the end of all turns.',
    script: 'budget-events.ts',
    command: 'npm run bench -- --sections budget-events',
  },
  {
    name: 'plan',
    title: 'A plan in a large cluster',
    explanation:
      '`plan` of one node with 110 pods, in a cluster of 1,000 nodes with 30 pods each on a real API server, which shares the processors: the median of three.',
    script: 'plan-on-api-server.ts',
    command: 'npm run bench -- --sections plan',
  },
  {
    name: 'fleet',
    title: 'A fleet of 1,000 nodes',
    explanation: 'One task with 1,000 nodes and 5,000 pods, 50 nodes at once, with Temporal on PostgreSQL.',
    command: 'LONG_RUN=1 npm run jest -- test/long/thousand-nodes, then npm run bench -- --record fleet < figures.json',
  },
];
