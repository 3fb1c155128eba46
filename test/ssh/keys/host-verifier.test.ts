import { describe, expect, it } from '@jest/globals';
import ssh2 from 'ssh2';
import { createHostVerifier } from '../../../src/ssh/keys/host-verifier.ts';
import { startScriptedServer } from '../servers/scripted-server.ts';

const KEY = Buffer.from('key');

/** Results other than `true`, many of which ssh2 treats as acceptance. */
const ODD_ANSWERS: readonly (readonly [name: string, judge: (key: Buffer) => unknown])[] = [
  ['false', () => false],
  ['nothing', () => undefined],
  ['null', () => null],
  ['0', () => 0],
  ['1', () => 1],
  ['an empty text', () => ''],
  ['the text "true"', () => 'true'],
  ['an object', () => ({})],
  ['a Boolean object', () => Object(true) as unknown],
  ['an error', () => new Error('changed')],
  ['a promise of false', () => Promise.resolve(false)],
  ['a promise of true', () => Promise.resolve(true)],
  [
    'an exception',
    () => {
      throw new Error('changed');
    },
  ],
];

describe('createHostVerifier', () => {
  it('accepts strictly true, and passes the key', () => {
    const seen: Buffer[] = [];
    const verify = createHostVerifier((key) => {
      seen.push(key);
      return true;
    });
    expect(verify(KEY)).toBe(true);
    expect(seen).toEqual([KEY]);
  });

  it.each(ODD_ANSWERS)('refuses %s synchronously', (_name, judge) => {
    expect(createHostVerifier(judge)(KEY)).toBe(false);
  });

  it('makes ssh2 refuse every host that is not strictly accepted', async () => {
    const server = await startScriptedServer();
    const connect = (judge: (key: Buffer) => unknown): Promise<string> =>
      new Promise((resolve) => {
        const client = new ssh2.Client();
        client.on('ready', () => {
          client.end();
          resolve('accepted');
        });
        client.on('error', (error) => {
          resolve(error.message);
        });
        client.connect({
          host: '127.0.0.1',
          port: server.port,
          username: 'root',
          privateKey: server.clientKey.privateKey,
          hostVerifier: createHostVerifier(judge),
        });
      });
    await expect(connect(() => true)).resolves.toBe('accepted');
    const answers = await Promise.all(ODD_ANSWERS.map(([, judge]) => connect(judge)));
    expect(answers).toEqual(ODD_ANSWERS.map(() => expect.stringContaining('verification failed')));
    await server.stop();
  });
});
