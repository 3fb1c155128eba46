import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const README = readFileSync(join(REPOSITORY, 'README.md'), 'utf8');
const MANIFEST = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
  readonly license: string;
  readonly repository: { readonly url: string };
};

/** What `npm pack` would pack; without `prepack`, which would build. */
const readPackedFiles = (): readonly string[] => {
  const options = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const answer = execFileSync('npm', options, {
    cwd: REPOSITORY,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [pack] = JSON.parse(answer) as readonly { readonly files: readonly { readonly path: string }[] }[];
  return (pack?.files ?? []).map(({ path }) => path);
};

const LINKS = [...README.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
const FILE_LINKS = LINKS.filter((target) => !/^(https?:|#)/.test(target)).map((target) => target.split('#')[0] ?? '');
const HEADING_LINKS = LINKS.filter((target) => target.startsWith('#'));

const toAnchor = (heading: string): string =>
  `#${heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .trim()
    .replace(/\s/g, '-')}`;

describe('the package', () => {
  const packed = readPackedFiles();

  it('has links to check', () => {
    expect(FILE_LINKS.length).toBeGreaterThan(3);
  });

  it.each(FILE_LINKS)('carries %s, to which README.md links', (target) => {
    expect(packed.filter((path) => path === target || path.startsWith(`${target}/`))).not.toEqual([]);
  });

  it.each(HEADING_LINKS)('has the heading %s, to which README.md links', (target) => {
    const headings = [...README.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => toAnchor(heading));
    expect(headings).toContain(target);
  });

  it('names its licence and its repository', () => {
    expect(MANIFEST).toMatchObject({
      license: 'Apache-2.0',
      repository: { url: 'git+https://github.com/node-decommission/node-decommission.git' },
    });
    expect(packed).toContain('LICENSE');
    const licence = readFileSync(join(REPOSITORY, 'LICENSE'), 'utf8');
    expect(licence).toContain('SPDX-License-Identifier: Apache-2.0');
    expect(licence).toContain('https://www.apache.org/licenses/LICENSE-2.0');
  });
});
