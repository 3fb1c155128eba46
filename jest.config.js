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
  testMatch: folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
});

export default {
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
      'stack',
      'architecture',
    ),
    project('workflow', 'workflows'),
    project('replay', 'replay'),
    { ...project('e2e', 'e2e'), setupFilesAfterEnv: ['<rootDir>/test/e2e/harness/patience.ts'] },
  ],
};
