import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { writeContainerImages } from '../../../stack/hosts/container-images.ts';

describe('writeContainerImages', () => {
  let directory: string;
  let busybox: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'container-images-'));
    busybox = join(directory, 'busybox');
    writeFileSync(busybox, '#!/bin/sh\nprintf "busybox\\nsh\\nsleep\\n"\n');
    chmodSync(busybox, 0o755);
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const readMember = (archive: string, member: string): string =>
    execFileSync('tar', ['-xOf', join(directory, archive), member], { encoding: 'utf8' });

  it('sets name and entrypoint of the images', async () => {
    await writeContainerImages(directory, busybox);
    const [manifest] = JSON.parse(readMember('pause.tar', 'manifest.json')) as [{ RepoTags: string[] }];
    expect(manifest.RepoTags).toEqual(['localhost/pause:1']);
    const { config } = JSON.parse(readMember('pause.tar', 'config.json')) as { config: { Entrypoint: string[] } };
    expect(config.Entrypoint.join(' ')).toContain('trap exit TERM');
    expect(JSON.parse(readMember('busybox.tar', 'config.json'))).toMatchObject({ config: { Entrypoint: [] } });
  });

  it('writes the same bytes for the same busybox, and leaves no temporary files', async () => {
    const [first, second] = [join(directory, 'first'), join(directory, 'second')];
    for (const folder of [first, second]) await writeContainerImages(folder, busybox);
    expect(readFileSync(join(first, 'pause.tar')).equals(readFileSync(join(second, 'pause.tar')))).toBe(true);
    expect(execFileSync('ls', ['-A', first], { encoding: 'utf8' })).toBe('busybox.tar\npause.tar\n');
  });
});
