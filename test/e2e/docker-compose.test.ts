import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { configurationSchema } from '../../src/config/configuration-schema.ts';
import { ensurePrograms, readHostingObstacle } from '../../stack/programs/programs.ts';
import { runCommand, runSuccessfully, type CommandResult } from '../../stack/processes/run-command.ts';
import { describeWhereHosted } from './harness/describe-where-hosted.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const FILE = join(REPOSITORY, 'docker-compose.yml');

/** As `docker compose config --format json` prints it. */
interface Model {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file?: string }>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
}

interface Service {
  readonly image?: string;
  readonly build?: unknown;
  readonly restart?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly ports?: readonly { readonly host_ip?: string; readonly published: string }[];
  readonly volumes?: readonly Mount[];
  readonly secrets?: readonly { readonly source: string }[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly networks: Readonly<Record<string, unknown>>;
}

interface Mount {
  readonly type: string;
  readonly source?: string;
  readonly read_only?: boolean;
}

const obstacle = await readHostingObstacle(['compose-spec']);

describeWhereHosted('the parser', obstacle, 'docker-compose.yml, read by the parser of docker compose', () => {
  let program: string;
  let model: Model;
  let directory: string;

  beforeAll(async () => {
    program = (await ensurePrograms(['compose-spec']))['compose-model'];
    model = JSON.parse(await runSuccessfully(program, [FILE])) as Model;
    directory = mkdtempSync(join(tmpdir(), 'docker-compose-'));
  });

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const services = (): [string, Service][] => Object.entries(model.services);
  /** Services that run once and exit. */
  const isJob = ({ restart }: Service): boolean => restart === 'on-failure';
  const toMounts = (): Mount[] => services().flatMap(([, { volumes = [] }]) => volumes);

  const readChanged = async (from: string, to: string): Promise<CommandResult> => {
    const text = readFileSync(FILE, 'utf8');
    expect(text).toContain(from);
    const path = join(directory, 'docker-compose.yml');
    writeFileSync(path, text.replace(from, to));
    return await runCommand(program, [path]);
  };

  it.each([
    ['an unknown key', 'restart: on-failure', 'restarts: on-failure', 'restarts'],
    ['a service that does not exist', 'namespace: { condition:', 'nothing: { condition:', 'undefined service'],
    ['a volume that does not exist', 'postgresql-data:/var', 'other-data:/var', 'undefined volume'],
    ['a secret that does not exist', 'kubeconfig, ssh-key', 'kubeconfigs, ssh-key', 'undefined secret'],
  ])('would be rejected with %s', async (_what, from, to, sentence) => {
    expect(await readChanged(from, to)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(sentence) });
  });

  it('has the server and its database, the UI and a worker, and two jobs', () => {
    const isOfJob = (wanted: boolean): string[] =>
      services()
        .filter(([, service]) => isJob(service) === wanted)
        .map(([name]) => name)
        .sort();
    expect(isOfJob(false)).toEqual(['postgresql', 'temporal', 'ui', 'worker']);
    expect(isOfJob(true)).toEqual(['namespace', 'schema']);
  });

  it('starts each service when its dependencies are healthy or done', () => {
    const order = services().flatMap(([name, { depends_on = {} }]) =>
      Object.entries(depends_on).map(([needed, { condition }]) => `${name} after ${needed}: ${condition}`),
    );
    expect(order.sort()).toEqual([
      'namespace after temporal: service_healthy',
      'schema after postgresql: service_healthy',
      'temporal after schema: service_completed_successfully',
      'ui after temporal: service_healthy',
      'worker after namespace: service_completed_successfully',
    ]);
  });

  it('restarts all long-running services, and checks their health', () => {
    const running = services().filter(([, service]) => !isJob(service));
    expect(running.map(([, { restart }]) => restart)).toEqual(running.map(() => 'unless-stopped'));
    expect(running.filter(([, { healthcheck }]) => (healthcheck?.test.length ?? 0) < 2)).toEqual([]);
  });

  it('pins every image that it does not build, and only builds the worker', () => {
    const images = services().flatMap(([, { image }]) => image ?? []);
    expect(images.filter((image) => !/^[a-z/-]+:\d+(\.\d+\.\d+|-[a-z]+)$/.test(image))).toEqual([]);
    expect(services().flatMap(([name, { build }]) => (build === undefined ? [] : [name]))).toEqual(['worker']);
  });

  it('names every volume and mounts the repository read-only', () => {
    const [bound, named] = ['bind', 'volume'].map((wanted) => toMounts().filter(({ type }) => type === wanted));
    expect(named?.map(({ source }) => source)).toEqual(Object.keys(model.volumes));
    expect(bound?.filter(({ read_only }) => read_only !== true)).toEqual([]);
    expect((bound?.length ?? 0) + (named?.length ?? 0)).toBe(toMounts().length);
  });

  it('mounts files that exist', () => {
    const sources = toMounts().flatMap(({ type, source = '' }) => (type === 'bind' ? [source] : []));
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.filter((source) => !existsSync(join(REPOSITORY, source)))).toEqual([]);
  });

  it('publishes on loopback only', () => {
    const published = services().flatMap(([, { ports = [] }]) => ports);
    expect(published.map(({ host_ip, published: port }) => `${host_ip ?? ''}:${port}`).sort()).toEqual([
      '127.0.0.1:7233',
      '127.0.0.1:8080',
    ]);
  });

  it('connects only the server and its schema job to the database', () => {
    expect(model.networks['database']?.internal).toBe(true);
    const reaching = services().filter(([, { networks }]) => 'database' in networks);
    expect(reaching.map(([name]) => name).sort()).toEqual(['postgresql', 'schema', 'temporal']);
  });

  it('reads every secret from a file that git and the image ignore', () => {
    const folders = Object.values(model.secrets).map(({ file }) => file?.replace(/\/[^/]*$/, ''));
    expect([...new Set(folders)]).toEqual(['./secrets']);
    expect(readFileSync(join(REPOSITORY, '.gitignore'), 'utf8').split('\n')).toContain('/secrets/');
    const allowed = readFileSync(join(REPOSITORY, '.dockerignore'), 'utf8').trim().split('\n');
    expect([allowed[0], allowed.filter((line) => line.includes('secrets'))]).toEqual(['*', []]);
  });

  it('contains no password', () => {
    const settings = services().flatMap(([, { environment = {} }]) => Object.entries(environment));
    const secret = settings.filter(([name]) => /passw|pwd|secret|token|key/i.test(name));
    expect(secret).toEqual([['POSTGRES_PASSWORD_FILE', '/run/secrets/postgresql-password']]);
  });

  it('has one namespace in all parts of Temporal', () => {
    const named = services().flatMap(([, { environment = {} }]) =>
      ['TEMPORAL_NAMESPACE', 'TEMPORAL_DEFAULT_NAMESPACE'].flatMap((name) => environment[name] ?? []),
    );
    expect(named).toEqual(['default', 'default', 'default']);
  });

  it('has the Temporal version of the native tests in both images', () => {
    const versionOf = (module: string, path: string): string | undefined =>
      new RegExp(`${path} v([0-9.]+)`).exec(
        readFileSync(join(REPOSITORY, 'stack/programs/modules', module, 'go.mod'), 'utf8'),
      )?.[1];
    const server = versionOf('temporal-server', 'go.temporal.io/server');
    expect(model.services['temporal']?.image).toBe(`temporalio/server:${server ?? ''}`);
    for (const job of ['schema', 'namespace']) {
      expect(model.services[job]?.image).toBe(`temporalio/admin-tools:${server ?? ''}`);
    }
    const ui = versionOf('temporal-ui', 'github.com/temporalio/ui-server/v2');
    expect(model.services['ui']?.image).toBe(`temporalio/ui:${ui ?? ''}`);
  });

  it('has a valid worker configuration whose files are its other secrets', () => {
    const text = readFileSync(join(REPOSITORY, 'deploy/compose/worker.yaml'), 'utf8');
    expect(Object.keys(configurationSchema.parse(parse(text)).clusters)).toEqual(['default']);
    const worker = model.services['worker'];
    const mentioned = [...text.matchAll(/\/run\/secrets\/([a-z-]+)/g)].map(([, name]) => name);
    expect(worker?.secrets?.map(({ source }) => source).sort()).toEqual([...mentioned, 'worker.yaml'].sort());
    expect(worker?.environment?.['NODE_DECOMMISSION_CONFIG']).toBe('/run/secrets/worker.yaml');
  });
});
