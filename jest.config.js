const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
};

const project = (displayName, ...folders) => ({
  ...shared,
  displayName,
  // As `skipGeneratedModels` does in the processes of the package: 900 modules for each suite that imports the Kubernetes client.
  moduleNameMapper: { '^\\./gen/index\\.js$': '<rootDir>/src/kube/transport/generated-parts.ts' },
  testMatch: folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
});

/** Suites on the local stack, which those of one jest worker share. */
const onStack = (displayName, folder) => ({
  ...project(displayName, folder),
  testEnvironment: '<rootDir>/test/e2e/harness/stack-environment.ts',
  setupFilesAfterEnv: ['<rootDir>/test/e2e/harness/test-timeout.ts'],
});

/** End-to-end suites that wait for machines most of the time: boots, timeouts of connections, ends of kubelets. */
const ON_REAL_NODES = [
  'decommission-host',
  'demo',
  'doctor',
  'host-connection-lost',
  'host-layouts',
  'host-parked',
  'host-refusals',
  'host-variants',
  'real-node',
].map((name) => `<rootDir>/test/e2e/${name}.test.ts`);

/** Resets and terminations in memory: `npm test` has those of the local stack (test/e2e/reset-and-terminate.test.ts). */
const RUNS_IN_MEMORY = '<rootDir>/test/workflows/disaster/**/*.test.ts';

/** A suite that only `npm run test:long` has: several servers and workers for one decision, which has unit tests. */
const ONLY_IN_LONG_RUN = '<rootDir>/test/e2e/run-beside-suspended.test.ts';

/** All rows of the suites of which the other projects have a bounded part (test/long-run.ts). */
const COMPLETE = [
  project('long-scratch', 'ssh/host'),
  {
    ...project('long-workflow', 'workflows/disaster'),
    testMatch: [RUNS_IN_MEMORY, '<rootDir>/test/workflows/node/week.test.ts'],
  },
  {
    ...onStack('long-hosts', 'e2e'),
    testMatch: [
      'host-refusals',
      'host-parked',
      'host-variants',
      'host-connection-lost',
      'cancel',
      'surge',
      'rights',
      'run-beside-suspended',
      'run-embedded',
      'demo',
      'bad-input',
      'crashes',
      'entry-points',
      'foreign-changes',
      'janitor',
      'kubectl-conformance',
      'reset-and-terminate',
    ].map((name) => `<rootDir>/test/e2e/${name}.test.ts`),
  },
];

export default {
  testSequencer: '<rootDir>/stack/tests/suite-sequencer.js',
  projects: [
    project(
      'unit',
      'domain',
      'ports',
      'activities',
      'kube',
      'ssh',
      'cli',
      'client',
      'config',
      'worker',
      'inspect',
      'scheduler',
      'stack',
      'bench',
      'architecture',
    ),
    { ...project('workflow', 'workflows'), testPathIgnorePatterns: ['/node_modules/', '/test/workflows/disaster/'] },
    project('replay', 'replay'),
    { ...onStack('e2e', 'e2e'), testPathIgnorePatterns: ['/node_modules/', ONLY_IN_LONG_RUN, ...ON_REAL_NODES] },
    { ...onStack('e2e-hosts', 'e2e'), testMatch: ON_REAL_NODES },
    onStack('long', 'long'),
    ...(process.env['LONG_RUN'] === '1' ? COMPLETE : []),
  ],
};
