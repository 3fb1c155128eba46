import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { boundRows, itInLongRun } from '../../long-run.ts';
import { runStage, toLines } from './run-stage.ts';
import { describeOnScratchHost, ScratchHost, useScratchHost } from './scratch-host.ts';
import {
  CLUSTER,
  KUBELET_UNITS,
  MARKER,
  OTHER_CLUSTER,
  plantWorker,
  stageInput,
  toFile,
  toKubeconfig,
} from './worker-node.ts';

const FILE = '/home/alice/.kube/config';

interface Entry {
  readonly name: string;
  readonly cluster: readonly string[];
}
const ours: Entry = {
  name: 'ours',
  cluster: [`certificate-authority-data: ${CLUSTER.caData}`, `server: ${CLUSTER.server}`],
};
const theirs: Entry = {
  name: 'theirs',
  cluster: [`certificate-authority-data: ${OTHER_CLUSTER.caData}`, `server: ${OTHER_CLUSTER.server}`],
};

/** As `kubectl config` writes it; each entry has a context and a user of its name. */
const toFileOf = (
  entries: readonly Entry[],
  { current = '', indent = '', users = entries.map(({ name }) => name) } = {},
): string =>
  [
    'apiVersion: v1',
    'clusters:',
    ...entries.flatMap(({ name, cluster }) =>
      ['- cluster:', ...cluster.map((line) => `    ${line}`), `  name: ${name}`].map((line) => indent + line),
    ),
    'contexts:',
    ...entries.flatMap(({ name }, index) =>
      ['- context:', `    cluster: ${name}`, `    user: ${users[index] ?? ''}-user`, `  name: ${name}-context`].map(
        (line) => indent + line,
      ),
    ),
    `current-context: ${current === '' ? '""' : `${current}-context`}`,
    'kind: Config',
    'preferences: {}',
    'users:',
    ...[...new Set(users)].flatMap((name) =>
      [
        `- name: ${name}-user`,
        '  user:',
        '    exec:',
        '      args:',
        '      - get-token',
        '      - name: confusing',
        `      command: get-${name}-token`,
      ].map((line) => indent + line),
    ),
    '',
  ].join('\n');

interface Names {
  readonly clusters: readonly string[];
  readonly contexts: readonly string[];
  readonly users: readonly string[];
  readonly current: string;
}

/** What Kubernetes' own client reads from it. */
const readNames = (text: string): Names => {
  const config = new KubeConfig();
  config.loadFromString(text);
  return {
    clusters: config.getClusters().map(({ name }) => name),
    contexts: config.getContexts().map(({ name }) => name),
    users: config.getUsers().map(({ name }) => name),
    current: config.getCurrentContext(),
  };
};
const THEIRS: Names = { clusters: ['theirs'], contexts: ['theirs-context'], users: ['theirs-user'], current: '' };

const CUT: [name: string, text: string, left: Names][] = boundRows(
  [
    ['ours first', toFileOf([ours, theirs], { current: 'ours' }), THEIRS],
    ['ours last', toFileOf([theirs, ours], { current: 'theirs' }), { ...THEIRS, current: 'theirs-context' }],
    [
      'ours between',
      toFileOf([theirs, ours, { ...theirs, name: 'third' }]),
      {
        clusters: ['theirs', 'third'],
        contexts: ['theirs-context', 'third-context'],
        users: ['theirs-user', 'third-user'],
        current: '',
      },
    ],
    ['indented lists', toFileOf([ours, theirs], { indent: '  ' }), THEIRS],
    ['line endings of another system', toFileOf([ours, theirs]).replaceAll('\n', '\r\n'), THEIRS],
    [
      'comments and blank lines',
      toFileOf([ours, theirs]).replaceAll('contexts:', '# contexts: here\n\ncontexts:'),
      THEIRS,
    ],
    [
      'quotes',
      toFileOf([ours, theirs])
        .replaceAll(/: (ours|theirs)$/gm, ': "$1"')
        .replaceAll(CLUSTER.server, `'${CLUSTER.server}'`),
      THEIRS,
    ],
    [
      'a user that both use',
      toFileOf([ours, theirs], { users: ['both', 'both'] }),
      { ...THEIRS, users: ['both-user'] },
    ],
    [
      'no CA, but our server',
      toFileOf([{ name: 'ours', cluster: ['insecure-skip-tls-verify: true', `server: ${CLUSTER.server}`] }, theirs]),
      THEIRS,
    ],
    [
      'a CA in a file',
      toFileOf([{ name: 'ours', cluster: ['certificate-authority: ca.pem', 'server: https://elsewhere'] }, theirs]),
      THEIRS,
    ],
    [
      'extensions',
      toFileOf([
        {
          ...ours,
          cluster: ['extensions:', '- extension:', '    provider: x', '  name: cluster_info', ...ours.cluster],
        },
        theirs,
      ]),
      THEIRS,
    ],
  ],
  2,
);

const GONE: [name: string, text: string][] = boundRows(
  [
    ['as kubeadm writes it', toKubeconfig(CLUSTER, 'kubernetes-admin')],
    ['twice ours', toFileOf([ours, { ...ours, name: 'also' }])],
    [
      'with other certificates in its CA',
      toFileOf([
        {
          ...ours,
          cluster: [
            `certificate-authority-data: ${Buffer.from(OTHER_CLUSTER.ca + CLUSTER.ca).toString('base64')}`,
            'server: https://x',
          ],
        },
      ]),
    ],
    [
      'JSON',
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { 'certificate-authority-data': CLUSTER.caData, server: CLUSTER.server } }],
      }),
    ],
  ],
  2,
);

const KEPT: [name: string, text: string][] = boundRows(
  [
    ['another cluster', toFileOf([theirs], { current: 'theirs' })],
    [
      'another cluster as JSON',
      JSON.stringify({
        clusters: [
          { name: 'c', cluster: { 'certificate-authority-data': OTHER_CLUSTER.caData, server: OTHER_CLUSTER.server } },
        ],
      }),
    ],
    ['no kubeconfig', 'server: x\nthis: is something else\n'],
    ['an empty one', 'apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers: []\n'],
  ],
  2,
);

const UNCLEAR: [name: string, text: string][] = boundRows(
  [
    [
      'both clusters as JSON',
      JSON.stringify({
        clusters: [ours, theirs].map(({ name, cluster }) => ({
          name,
          cluster: Object.fromEntries(cluster.map((line) => line.split(': '))) as unknown,
        })),
      }),
    ],
    [
      'our server with a CA that is not ours',
      toFileOf([{ ...theirs, cluster: [theirs.cluster[0] ?? '', `server: ${CLUSTER.server}`] }]),
    ],
    ['an anchor', toFileOf([ours, theirs]).replace('cluster:\n', 'cluster: &anchor\n')],
    ['tabs', toFileOf([ours, theirs]).replace('    server', '\tserver')],
    ['two documents', `${toFileOf([ours, theirs])}---\na: b\n`],
    ['a name twice', toFileOf([ours, { ...theirs, name: 'ours' }])],
  ],
  2,
);

/** One home per case, so that one run of the stage covers all. */
const homeOf = (table: string, name: string): string => `/home/${table}-${name.toLowerCase().replace(/[^a-z]+/g, '-')}`;
const fileOf = (table: string, name: string): string => `${homeOf(table, name)}/.kube/config`;

jest.setTimeout(60_000);

describeOnScratchHost('removal of kubeconfig entries, in every style', () => {
  let host: ScratchHost;
  let lines: readonly string[];
  let credentials: readonly string[];
  beforeAll(async () => {
    host = await ScratchHost.start();
    await plantWorker(host);
    const plants = Object.entries({ cut: CUT, gone: GONE, kept: KEPT, unclear: UNCLEAR }).flatMap(([table, cases]) =>
      cases.map(([name, text]) => {
        const home = homeOf(table, name);
        return `${toFile(`${home}/.kube/config`, text)}\n${toFile(`${home}/.kube/ca.pem`, CLUSTER.ca)}
          chown -R 1000:1000 ${home}; chmod 640 ${home}/.kube/config`;
      }),
    );
    await host.sh(plants.join('\n'));
    lines = toLines(await runStage(host.connect(), 'cleanHost'));
    credentials = (await host.connect().readFacts(KUBELET_UNITS)).credentialPaths;
  });
  afterAll(async () => {
    await host.stop();
  });
  const linesOf = (file: string): readonly string[] => lines.filter((line) => line.includes(`kubeconfig ${file}`));

  it.each(CUT)("keeps the other cluster's entries: %s", async (name, _text, left) => {
    const file = fileOf('cut', name);
    expect(linesOf(file)).toEqual([`Done kubeconfig ${file}`]);
    expect(readNames(await host.sh(`cat ${file}`))).toEqual(left);
    expect(await host.sh(`stat -c '%a %u:%g' ${file}; ls -A ${homeOf('cut', name)}/.kube`)).toBe(
      '640 1000:1000\nca.pem\nconfig',
    );
    expect(credentials).not.toContain(file);
  });

  it.each(GONE)("removes a file with only this cluster's entries: %s", async (name) => {
    const file = fileOf('gone', name);
    expect(linesOf(file)).toEqual([`Done kubeconfig ${file}`]);
    expect(await host.has(file)).toBe(false);
  });

  it.each(KEPT)('does not touch %s', async (name, text) => {
    const file = fileOf('kept', name);
    expect(linesOf(file)).toEqual([]);
    expect(await host.sh(`cat ${file}`)).toBe(text.replace(/\n$/, ''));
    expect(credentials).not.toContain(file);
  });

  it.each(UNCLEAR)('leaves and reports a file that it cannot edit: %s', async (name, text) => {
    const file = fileOf('unclear', name);
    expect(linesOf(file)).toEqual([expect.stringMatching(/^Failed kubeconfig .*manually/)]);
    expect(await host.sh(`cat ${file}`)).toBe(text.replace(/\n$/, ''));
    expect(credentials).toContain(file);
  });
});

describeOnScratchHost('removal of kubeconfig entries', () => {
  const host = useScratchHost(undefined, plantWorker);
  const clean = async (): Promise<readonly string[]> =>
    toLines(await runStage(host.connect(), 'cleanHost')).filter((line) => line.includes('kubeconfig'));

  itInLongRun('does not attribute a server on loopback to a cluster', async () => {
    const text = toFileOf([{ name: 'l', cluster: ['server: https://127.0.0.1:6443'] }]);
    await host.sh(
      `${toFile(FILE, text)}\nsed -i 's,${CLUSTER.server},https://127.0.0.1:6443,' /etc/kubernetes/kubelet.conf`,
    );
    expect(await clean()).toEqual(['NothingToDo kubeconfigs of this cluster']);
    expect(await host.sh(`cat ${FILE}`)).toBe(text.replace(/\n$/, ''));
  });

  itInLongRun('follows no symbolic link', async () => {
    await host.sh(`${toFile('/srv/shared/config', toFileOf([ours, theirs]))}
      mkdir -p /home/alice/.kube /home/bob; ln -s /srv/shared/config ${FILE}; ln -s /srv/shared /home/bob/.kube`);
    const lines = await clean();
    expect(lines).toHaveLength(2);
    expect(lines.every((line) => line.includes('reached through a symbolic link'))).toBe(true);
    expect(readNames(await host.sh('cat /srv/shared/config')).clusters).toEqual(['ours', 'theirs']);
  });

  it('finds those of every user, of root and of CNI plugins, with any file name', async () => {
    const files = [
      '/root/.kube/config',
      FILE,
      '/home/bob/.kube/work.yaml',
      '/home/unlisted/.kube/config',
      '/etc/cni/net.d/calico-kubeconfig',
    ];
    await host.sh(files.map((file) => toFile(file, toKubeconfig(CLUSTER, 'u'))).join('\n'));
    expect([...(await clean())].sort()).toEqual(files.map((file) => `Done kubeconfig ${file}`).sort());
  });

  itInLongRun("identifies the cluster by the marker when the kubelet's kubeconfig is gone", async () => {
    await host.sh(toFile(FILE, toFileOf([ours, theirs])));
    const { layout } = await host.connect().readFacts(KUBELET_UNITS);
    await host.sh('rm /etc/kubernetes/kubelet.conf');
    // While the CA is rotated there are several certificates.
    const marker = { ...MARKER, caHashes: ['0'.repeat(64), ...MARKER.caHashes] };
    const state = await runStage(host.connect(), 'cleanHost', stageInput({ layout, marker }));
    expect(toLines(state)).toContain(`Done kubeconfig ${FILE}`);
    expect(readNames(await host.sh(`cat ${FILE}`))).toEqual(THEIRS);
  });

  it('identifies the cluster after the kubelet was stopped and its kubeconfig was removed', async () => {
    await runStage(host.connect(), 'stopKubelet');
    await host.sh(
      `rm /etc/kubernetes/kubelet.conf\n${toFile(FILE, toFileOf([{ name: 'ours', cluster: [`server: ${CLUSTER.server}`] }, theirs]))}`,
    );
    host.reconnect();
    expect(await clean()).toEqual([`Done kubeconfig ${FILE}`]);
    expect(readNames(await host.sh(`cat ${FILE}`))).toEqual(THEIRS);
  });
});
