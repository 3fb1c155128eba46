import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { runSuccessfully } from '../processes/run-command.ts';

/** Present on every host; not pulled from a registry. Use it with `imagePullPolicy: Never`. */
export const BUSYBOX_IMAGE = 'localhost/busybox:1';

/**
 * The images in each host's /opt/images. `pause` exits on SIGTERM, which a first process ignores unless it has a handler: without one, a
 * host takes 90 s to power off.
 */
export const CONTAINER_IMAGES: Readonly<Record<string, readonly string[]>> = {
  'localhost/pause:1': ['/bin/sh', '-c', 'trap exit TERM INT; while :; do sleep 2147483647 & wait $!; done'],
  [BUSYBOX_IMAGE]: [],
};

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * Writes the images as archives for `ctr images import` and `docker load`, e.g. `pause.tar`.
 * @param busyboxPath a static busybox, the only program in them
 */
export const writeContainerImages = async (directory: string, busyboxPath: string): Promise<void> => {
  mkdirSync(directory, { recursive: true });
  const commands = (await runSuccessfully(busyboxPath, ['--list'])).trim().split('\n');
  for (const [name, entrypoint] of Object.entries(CONTAINER_IMAGES)) {
    const scratch = join(directory, '.scratch');
    writeRoot(join(scratch, 'root'), busyboxPath, commands);
    await archive(join(scratch, 'root'), join(scratch, 'layer.tar'), ['.']);
    writeDescription(scratch, name, entrypoint);
    const files = ['manifest.json', 'config.json', 'layer.tar'];
    await archive(scratch, join(directory, `${name.replace(/^.*\/|:.*$/g, '')}.tar`), files);
    rmSync(scratch, { recursive: true });
  }
};

const writeRoot = (root: string, busyboxPath: string, commands: readonly string[]): void => {
  for (const folder of ['bin', 'etc', 'root', 'tmp', 'var']) mkdirSync(join(root, folder), { recursive: true });
  copyFileSync(busyboxPath, join(root, 'bin/busybox'));
  for (const command of commands) if (command !== 'busybox') symlinkSync('busybox', join(root, 'bin', command));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\n');
};

/** The archive format of `docker save`: https://github.com/moby/docker-image-spec */
const writeDescription = (directory: string, name: string, entrypoint: readonly string[]): void => {
  const digest = createHash('sha256')
    .update(readFileSync(join(directory, 'layer.tar')))
    .digest('hex');
  const created = '2026-01-01T00:00:00Z';
  const config = {
    architecture: ARCHITECTURES[process.arch] ?? process.arch,
    os: 'linux',
    created,
    config: { Env: ['PATH=/bin'], Entrypoint: entrypoint },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
    history: [{ created, created_by: 'node-decommission stack' }],
  };
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
  const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }];
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify(manifest));
};

/** The same content gives the same archive, so the image has the same digest on every machine. */
const archive = async (directory: string, archivePath: string, members: readonly string[]): Promise<void> => {
  const steady = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--mode=go=rX,u+rwX'];
  await runSuccessfully('tar', [...steady, '-C', directory, '-cf', archivePath, ...members]);
};
