import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClusterOverride } from '../../src/config/cluster-override.ts';
import { ConfigurationError } from '../../src/config/configuration-error.ts';
import { loadConfiguration } from '../../src/config/load-configuration.ts';
import type { Configuration } from '../../src/config/configuration.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'configuration-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const load = (environment: Readonly<Record<string, string>>): Configuration =>
  loadConfiguration({
    environment,
    homeDirectory: join(folder, 'home'),
    serviceAccountToken: join(folder, 'token'),
    addsDefaultCluster: true,
  });

/** Writes the file and loads it together with a KUBECONFIG, so that only the file varies. */
const loadFile = (
  content: string,
  environment: Readonly<Record<string, string>> = { KUBECONFIG: '/env' },
): Configuration => {
  const path = join(folder, 'configuration.yaml');
  writeFileSync(path, content);
  return load({ ...environment, NODE_DECOMMISSION_CONFIG: path });
};

const catchProblems = (work: () => unknown): readonly string[] => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ type: 'InvalidConfiguration' });
    return (error as ConfigurationError).problems;
  }
  return [];
};

describe('loadConfiguration without a file', () => {
  it('has every default', () => {
    expect(load({ KUBECONFIG: '/a:/b' })).toEqual({
      clusters: { default: { kind: 'kubeconfig', path: '/a:/b' } },
      waits: {
        settleSeconds: 5,
        emptyTwiceSeconds: 5,
        staysGoneSeconds: 60,
        detachSeconds: 600,
        budgetObservedSeconds: 60,
        hostPatienceSeconds: 3600,
      },
      limits: { maxConcurrentEvictions: 50, activitySlots: 2000, requestTimeoutSeconds: 30 },
      proxies: {},
    });
  });

  it('falls back to ~/.kube/config', () => {
    mkdirSync(join(folder, 'home', '.kube'), { recursive: true });
    writeFileSync(join(folder, 'home', '.kube', 'config'), '');
    writeFileSync(join(folder, 'token'), '');
    expect(load({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }).clusters).toEqual({
      default: { kind: 'kubeconfig', path: join(folder, 'home', '.kube', 'config') },
    });
  });

  it('falls back to the credentials of its own pod', () => {
    writeFileSync(join(folder, 'token'), '');
    expect(load({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }).clusters).toEqual({ default: { kind: 'inCluster' } });
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['nothing', {}],
    ['an empty KUBECONFIG', { KUBECONFIG: '' }],
    ['a service host without a token', { KUBERNETES_SERVICE_HOST: '10.0.0.1' }],
  ])('reports that no cluster is configured with %s', (_name, environment) => {
    expect(catchProblems(() => load(environment))).toEqual([expect.stringContaining('No cluster is configured')]);
  });

  it('reads the proxies of the environment, names in capitals first', () => {
    const environment = {
      KUBECONFIG: '/a',
      https_proxy: 'http://a:1',
      NO_PROXY: '10.0.0.0/8',
      no_proxy: 'x',
      http_proxy: '',
    };
    expect(load(environment).proxies).toEqual({ https: 'http://a:1', except: '10.0.0.0/8' });
  });

  it('reads the name of its own pod', () => {
    expect(load({ KUBECONFIG: '/a', POD_NAMESPACE: 'n', POD_NAME: 'p' }).ownPod).toEqual({ namespace: 'n', name: 'p' });
  });

  it.each(['POD_NAMESPACE', 'POD_NAME'])('refuses %s without the other variable', (name) => {
    expect(catchProblems(() => load({ KUBECONFIG: '/a', [name]: 'x' }))).toEqual([
      expect.stringContaining('Only one of POD_NAMESPACE and POD_NAME'),
    ]);
  });
});

describe('loadConfiguration with a file', () => {
  it('reads YAML; paths are relative to the file or to the home directory', () => {
    const configuration = loadFile(`
clusters:
  east: { kubeconfig: kube/east, context: blue }
  west: { kubeconfig: ~/west }
  own: { inCluster: true, maxConcurrentNodes: 10 }
waits: { settleSeconds: 0.2 }
limits: { maxConcurrentEvictions: 3 }
`);
    expect(configuration.clusters).toEqual({
      default: { kind: 'kubeconfig', path: '/env' },
      east: { kind: 'kubeconfig', path: join(folder, 'kube', 'east'), context: 'blue' },
      west: { kind: 'kubeconfig', path: join(folder, 'home', 'west') },
      own: { kind: 'inCluster', maxConcurrentNodes: 10 },
    });
    expect(configuration.waits).toMatchObject({ settleSeconds: 0.2, staysGoneSeconds: 60 });
    expect(configuration.limits).toMatchObject({ maxConcurrentEvictions: 3, activitySlots: 2000 });
  });

  it('reads JSON', () => {
    expect(loadFile('{"limits": {"activitySlots": 50}}').limits.activitySlots).toBe(50);
  });

  it('accepts an empty file as one without settings', () => {
    expect(loadFile('# nothing yet\n').clusters).toEqual({ default: { kind: 'kubeconfig', path: '/env' } });
  });

  it('prefers a cluster `default` of the file to KUBECONFIG', () => {
    expect(loadFile('clusters: { default: { kubeconfig: /file } }').clusters).toEqual({
      default: { kind: 'kubeconfig', path: '/file' },
    });
  });

  it.each<[string, string, string]>([
    ['an unknown section', 'cluster: {}', '`cluster` is not a setting; the closest one is `clusters`'],
    [
      'another spelling',
      'limits: { max_concurrent_eviction: 3 }',
      '`limits.max_concurrent_eviction` is not a setting; the closest one is `maxConcurrentEvictions`',
    ],
    ['a secret among the clusters', 'clusters: { a: { token: s3cret, inCluster: true } }', '`clusters.a.token` is not'],
    ['text for a number', 'waits: { settleSeconds: s3cret }', '`waits.settleSeconds` must be a number.'],
    ['a fraction of an eviction', 'limits: { maxConcurrentEvictions: 1.5 }', 'must be a whole number.'],
    ['too little', 'waits: { staysGoneSeconds: -1 }', '`waits.staysGoneSeconds` must be at least 0.'],
    ['too much', 'limits: { activitySlots: 100000 }', '`limits.activitySlots` must be at most 20000.'],
    ['a list for an object', 'clusters: [a]', '`clusters` must be an object.'],
    ['text for the whole', 's3cret', 'The file must be an object.'],
    ['an empty path', 'clusters: { a: { kubeconfig: "" } }', '`clusters.a.kubeconfig` must not be empty.'],
    ['a cluster without an address', 'clusters: { a: {} }', '`clusters.a` must have either'],
    ['a cluster with two', 'clusters: { a: { kubeconfig: /a, inCluster: true } }', '`clusters.a` must have either'],
    ['a context without a kubeconfig', 'clusters: { a: { inCluster: true, context: b } }', 'sets `context`'],
    [
      'a limit of no node',
      'clusters: { a: { inCluster: true, maxConcurrentNodes: 0 } }',
      '`clusters.a.maxConcurrentNodes` must',
    ],
    ['an invalid cluster name', 'clusters: { "a/b": { inCluster: true } }', '`clusters.a/b` must be a cluster name'],
    ['broken YAML', 'limits: {s3cret', 'The file is not valid YAML or JSON'],
    ['a repeated key', 'waits: {}\nwaits: {}', 'The file is not valid YAML or JSON: DUPLICATE_KEY'],
  ])('refuses %s', (_name, content, expected) => {
    const problems = catchProblems(() => loadFile(content));
    expect(problems).toEqual(expect.arrayContaining([expect.stringContaining(expected)]));
    expect(problems.join()).not.toContain('s3cret');
  });

  it('lists all problems at once', () => {
    const problems = catchProblems(() => loadFile('waits: { settle: 1, detachSeconds: no }\nlimit: {}'));
    expect(problems).toHaveLength(3);
  });

  it('reports a file that cannot be read', () => {
    const problems = catchProblems(() => load({ NODE_DECOMMISSION_CONFIG: join(folder, 'none') }));
    expect(problems).toEqual([expect.stringContaining('cannot be read (ENOENT)')]);
  });
});

describe('the version of the workers', () => {
  const NAME = { TEMPORAL_DEPLOYMENT_NAME: 'ops/drains' };
  const BUILD = { TEMPORAL_WORKER_BUILD_ID: '1.3.0-abc' };
  const BOTH = 'deployment: { name: drains, buildId: "1.2" }';
  const OF_ENVIRONMENT = { deploymentName: 'ops/drains', buildId: '1.3.0-abc' };

  it.each<readonly [when: string, file: string, environment: object, expected: Configuration['deployment']]>([
    ['is absent without settings', '{}', {}, undefined],
    ['is absent with an empty section', 'deployment: {}', { TEMPORAL_DEPLOYMENT_NAME: '' }, undefined],
    ['is that of the file', BOTH, {}, { deploymentName: 'drains', buildId: '1.2' }],
    ['is that of the environment', '{}', { ...NAME, ...BUILD }, OF_ENVIRONMENT],
    ['is that of the environment before that of the file', BOTH, { ...NAME, ...BUILD }, OF_ENVIRONMENT],
    ['has one part from each', BOTH, BUILD, { deploymentName: 'drains', buildId: '1.3.0-abc' }],
  ])('%s', (_when, file, environment, expected) => {
    expect(loadFile(file, { KUBECONFIG: '/env', ...environment }).deployment).toEqual(expected);
  });

  const HALF =
    'The worker has only one of a deployment name and a build id, so Temporal cannot know its version; set both (`deployment.name` or ' +
    'TEMPORAL_DEPLOYMENT_NAME, and `deployment.buildId` or TEMPORAL_WORKER_BUILD_ID), or neither.';

  it.each<readonly [what: string, file: string, environment: object, problem: string]>([
    ['a name alone', 'deployment: { name: drains }', {}, HALF],
    ['a build id alone', '{}', BUILD, HALF],
    [
      'a build id that YAML reads as a number',
      'deployment: { name: d, buildId: 1.2 }',
      {},
      '`deployment.buildId` must be text.',
    ],
    [
      'a name with a character that separates it from the build id',
      'deployment: { name: my.drains, buildId: "1" }',
      {},
      '`deployment.name` must be 1 to 200 letters, digits, "-", "_", "/", "@", "+" and "=", starting with a letter or digit.',
    ],
    [
      'a reserved build id of the environment',
      'deployment: { name: drains }',
      { TEMPORAL_WORKER_BUILD_ID: '__unversioned__' },
      'TEMPORAL_WORKER_BUILD_ID must be 1 to 200 letters, digits, "-", "_", ".", ":", "/", "@", "+" and "=", starting with a letter or digit.',
    ],
    [
      'an unknown key',
      'deployment: { name: drains, build: "1" }',
      {},
      '`deployment.build` is not a setting; the closest one is `buildId`. Valid settings: name, buildId.',
    ],
  ])('is refused with %s', (_what, file, environment, problem) => {
    expect(catchProblems(() => loadFile(file, { KUBECONFIG: '/env', ...environment }))).toEqual([problem]);
  });
});

describe('loadConfiguration with an override', () => {
  const loadWith = (override: ClusterOverride, environment: Readonly<Record<string, string>>): Configuration =>
    loadConfiguration({ environment, homeDirectory: join(folder, 'home'), override, addsDefaultCluster: true });

  it.each<readonly [string, ClusterOverride, Configuration['clusters']]>([
    [
      'replaces the cluster that it names',
      { cluster: 'default', kubeconfig: '/flag', context: 'green' },
      { default: { kind: 'kubeconfig', path: '/flag', context: 'green' } },
    ],
    [
      'adds a cluster that the configuration does not have',
      { cluster: 'east', context: 'green' },
      {
        default: { kind: 'kubeconfig', path: '/env' },
        east: { kind: 'kubeconfig', path: '/env', context: 'green' },
      },
    ],
    ['without settings changes nothing', { cluster: 'east' }, { default: { kind: 'kubeconfig', path: '/env' } }],
  ])('%s', (_name, override, expected) => {
    expect(loadWith(override, { KUBECONFIG: '/env' }).clusters).toEqual(expected);
  });

  it('does not fall back to the credentials of a pod when a context is named', () => {
    writeFileSync(join(folder, 'token'), '');
    const sources = { homeDirectory: join(folder, 'home'), serviceAccountToken: join(folder, 'token') };
    const environment = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };
    const override = { cluster: 'default', context: 'green' };
    expect(
      catchProblems(() => loadConfiguration({ environment, ...sources, override, addsDefaultCluster: true })),
    ).toEqual([expect.stringContaining('There is no kubeconfig for context "green" of cluster "default"')]);
  });

  it('needs no configured cluster', () => {
    expect(loadWith({ cluster: 'default', kubeconfig: '/flag' }, {}).clusters).toEqual({
      default: { kind: 'kubeconfig', path: '/flag' },
    });
  });
});

describe('loadConfiguration for a worker', () => {
  const EAST = { kind: 'kubeconfig', path: '/east' };
  const loadForWorker = (content: string, override?: ClusterOverride): Configuration => {
    const path = join(folder, 'configuration.yaml');
    writeFileSync(path, content);
    writeFileSync(join(folder, 'token'), '');
    return loadConfiguration({
      environment: { KUBECONFIG: '/env', KUBERNETES_SERVICE_HOST: '10.0.0.1', NODE_DECOMMISSION_CONFIG: path },
      homeDirectory: join(folder, 'home'),
      serviceAccountToken: join(folder, 'token'),
      ...(override === undefined ? {} : { override }),
    });
  };

  it.each<readonly [string, string, ClusterOverride | undefined, object]>([
    ['only the clusters of its file', 'clusters: { east: { kubeconfig: /east } }', undefined, { east: EAST }],
    [
      '`default` if its file names it',
      'clusters: { default: { inCluster: true } }',
      undefined,
      { default: { kind: 'inCluster' } },
    ],
    ['a cluster that flags name', '', { cluster: 'east', kubeconfig: '/east' }, { east: EAST }],
    [
      'a context of KUBECONFIG that flags name',
      '',
      { cluster: 'east', context: 'blue' },
      { east: { kind: 'kubeconfig', path: '/env', context: 'blue' } },
    ],
  ])('has %s', (_name, content, override, expected) => {
    expect(loadForWorker(content, override).clusters).toEqual(expected);
  });

  it('refuses a worker whose cluster has no name, and explains why KUBECONFIG is not enough', () => {
    expect(catchProblems(() => loadForWorker('waits: {}'))).toEqual([
      expect.stringContaining('a worker does not read KUBECONFIG and the credentials of its pod by itself'),
    ]);
  });
});
