import { describe, expect, it } from '@jest/globals';
import { RecentUid } from '../../src/kube/recent-uid.ts';
import { KnownServers } from '../../src/kube/transport/known-servers.ts';

const AGE = 60;

/** An API server of which the test decides the UID; a clock that it moves. */
class Scene {
  readonly servers = new KnownServers();
  uid = 'uid-1';
  now = 1_000_000;
  count = 0;
  failure: Error | undefined;
  /** What happens while a request is under way. */
  during: () => void = () => undefined;
  readonly recent = new RecentUid(
    async () => {
      this.count += 1;
      this.during();
      await Promise.resolve();
      if (this.failure) throw this.failure;
      return this.uid;
    },
    this.servers,
    () => this.now,
  );

  async read(): Promise<string> {
    return await this.recent.read(AGE);
  }
}

/** A scene that has read the UID from a server that it knows. */
const started = async (): Promise<Scene> => {
  const scene = new Scene();
  scene.servers.note('server-1');
  await scene.read();
  return scene;
};

describe('RecentUid', () => {
  it('reads once for as long as only known servers answer', async () => {
    const scene = await started();
    scene.now += AGE * 1000 - 1;
    scene.servers.note('server-1');
    await expect(scene.read()).resolves.toBe('uid-1');
    expect(scene.count).toBe(1);
  });

  it('one request serves all who ask at the same time', async () => {
    const scene = new Scene();
    scene.servers.note('server-1');
    await expect(Promise.all([scene.read(), scene.read()])).resolves.toEqual(['uid-1', 'uid-1']);
    expect(scene.count).toBe(1);
  });

  const changes: [name: string, change: (scene: Scene) => void][] = [
    ['it is too old', (scene) => (scene.now += AGE * 1000)],
    ['the clock was set back', (scene) => (scene.now -= 1)],
    [
      'a connection leads to an unknown server',
      (scene) => {
        scene.servers.note('server-2');
      },
    ],
    [
      'address, CA or credentials have changed',
      (scene) => {
        scene.servers.forget();
        scene.servers.note('server-1');
      },
    ],
  ];
  it.each(changes)('reads again when %s', async (_name, change) => {
    const scene = await started();
    change(scene);
    await scene.read();
    expect(scene.count).toBe(2);
  });

  it('reads each time while no server is verified', async () => {
    const scene = new Scene();
    await scene.read();
    await scene.read();
    expect(scene.count).toBe(2);
  });

  it('reads again when a connection led to an unknown server during the request: which one has answered is unknown', async () => {
    const scene = new Scene();
    scene.during = () => {
      scene.servers.note('server-1');
    };
    await scene.read();
    await scene.read();
    await scene.read();
    expect(scene.count).toBe(2);
  });

  it('reads at once without an age', async () => {
    const scene = await started();
    scene.uid = 'uid-2';
    await expect(scene.recent.read()).resolves.toBe('uid-2');
  });

  it('knows no server any more once one of them was that of another cluster', async () => {
    const scene = await started();
    scene.servers.note('server-2');
    scene.uid = 'uid-2';
    await expect(scene.read()).resolves.toBe('uid-2');
    scene.uid = 'uid-1';
    await expect(scene.read()).resolves.toBe('uid-1');
    await scene.read();
    expect(scene.count).toBe(4);
  });

  it('a failure is not remembered', async () => {
    const scene = new Scene();
    scene.servers.note('server-1');
    scene.failure = new Error('no response');
    await expect(scene.read()).rejects.toThrow('no response');
    scene.failure = undefined;
    await expect(scene.read()).resolves.toBe('uid-1');
  });
});
