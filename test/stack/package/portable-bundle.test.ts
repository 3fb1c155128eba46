import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { toPortableBundle } from '../../../stack/package/portable-bundle.ts';

const toComment = (map: unknown, kind = 'application/json;charset=utf-8'): string =>
  `//# sourceMappingURL=data:${kind};base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;

describe('toPortableBundle', () => {
  it('makes source paths in the map relative to the repository, and leaves out the sources', () => {
    const map = {
      sources: ['/build/here/src/a.ts'],
      sourcesContent: ["import '/build/here/src/b.ts'"],
      mappings: 'AAAA',
    };
    expect(toPortableBundle(`run();\n${toComment(map)}\n`, '/build/here/')).toBe(
      `run();\n${toComment({ sources: ['src/a.ts'], mappings: 'AAAA' }, 'application/json')}\n`,
    );
  });

  it('makes the code ASCII, with the same strings', () => {
    const bundle = toPortableBundle(
      `['…', \`ø\${1}\`, '\\u2026'] // —\n${toComment({ sources: [] })}\n`,
      '/build/here/',
    );
    expect(bundle).toMatch(/^[\0-\x7f]*$/);
    expect(runInNewContext(bundle)).toEqual(['…', 'ø1', '…']);
  });

  it('throws for a bundle without a map, which a worker would reject', () => {
    expect(() => toPortableBundle('run();', '/build/here/')).toThrow('no inlined source map');
  });
});
