import { describe, expect, it } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { ExecCredentials, takeExecCredentials } from '../../../src/kube/transport/exec-credentials.ts';
import type { ExecCredential } from '../../../src/kube/transport/exec-plugin.ts';

const USER = { name: 'u' };

interface Scene {
  readonly credentials: ExecCredentials;
  /** Runs of the plugin that have not ended yet. */
  readonly runs: ((end: ExecCredential | Error) => void)[];
  now: number;
}

const startScene = (): Scene => {
  const runs: Scene['runs'] = [];
  const run = (): Promise<ExecCredential> =>
    new Promise((resolve, reject) => {
      runs.push((end) => {
        if (end instanceof Error) reject(end);
        else resolve(end);
      });
    });
  const scene: Scene = { credentials: new ExecCredentials('u', run, () => scene.now), runs, now: 1_000_000 };
  return scene;
};

const apply = async ({ credentials }: Scene): Promise<object> => {
  const options = {};
  await credentials.applyAuthentication(USER, options);
  return options;
};

const bearer = (token: string): object => ({ headers: { Authorization: `Bearer ${token}` } });

/** Applied with what the next run returns. */
const applyAfterRun = async (scene: Scene, end: ExecCredential): Promise<object> => {
  const applied = apply(scene);
  scene.runs.at(-1)?.(end);
  return await applied;
};

describe('ExecCredentials', () => {
  it('run the plugin once for requests at the same time', async () => {
    const scene = startScene();
    const applied = Promise.all([apply(scene), apply(scene), apply(scene)]);
    scene.runs[0]?.({ token: 'a' });
    expect(await applied).toEqual([bearer('a'), bearer('a'), bearer('a')]);
    expect(scene.runs).toHaveLength(1);
  });

  it('use a certificate with its key', async () => {
    expect(await applyAfterRun(startScene(), { certificate: 'C', key: 'K' })).toEqual({ cert: 'C', key: 'K' });
  });

  it('run it again when the credentials have expired, not earlier', async () => {
    const scene = startScene();
    await applyAfterRun(scene, { token: 'a', expiresAt: scene.now + 1000 });
    scene.now += 999;
    expect(await apply(scene)).toEqual(bearer('a'));
    scene.now += 1;
    expect(await applyAfterRun(scene, { token: 'b' })).toEqual(bearer('b'));
  });

  it('run it again, once, when the API server has rejected a token without an end', async () => {
    const scene = startScene();
    await applyAfterRun(scene, { token: 'revoked' });
    const { generation } = scene.credentials;
    scene.now += 60_000;
    expect([scene.credentials.reject(generation), scene.credentials.reject(generation)]).toEqual([true, true]);
    const applied = Promise.all([apply(scene), apply(scene)]);
    scene.runs[1]?.({ token: 'new' });
    expect(await applied).toEqual([bearer('new'), bearer('new')]);
    expect(scene.runs).toHaveLength(2);
    // A slower request was sent with the revoked one.
    expect(scene.credentials.reject(generation)).toBe(true);
    expect(await apply(scene)).toEqual(bearer('new'));
  });

  it('do not run it for every request while it returns rejected credentials', async () => {
    const scene = startScene();
    await applyAfterRun(scene, { token: 'bad' });
    expect(scene.credentials.reject(scene.credentials.generation)).toBe(false);
    scene.now += 5_000;
    expect(scene.credentials.reject(scene.credentials.generation)).toBe(true);
  });

  it('run it again after a failure', async () => {
    const scene = startScene();
    const applied = apply(scene);
    scene.runs[0]?.(new Error('no'));
    await expect(applied).rejects.toThrow('no');
    expect(await applyAfterRun(scene, { token: 'a' })).toEqual(bearer('a'));
  });
});

describe('takeExecCredentials', () => {
  const load = (user: object): KubeConfig => {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromClusterAndUser(
      { name: 'c', server: 'https://api.example', skipTLSVerify: false },
      { ...USER, exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'false' }, ...user },
    );
    return kubeConfig;
  };

  it.each([
    ['the plugin of the current user', {}, true],
    ['nothing where a static token wins', { token: 't' }, false],
    ['nothing where a certificate wins', { certData: 'c' }, false],
    ['nothing of a user without a plugin', { exec: undefined }, false],
  ])('takes %s', (_name, user, isTaken) => {
    const kubeConfig = load(user);
    expect(takeExecCredentials(kubeConfig) !== undefined).toBe(isTaken);
    // client-node would run it otherwise.
    expect(kubeConfig.getCurrentUser()?.exec).toBeUndefined();
  });
});
