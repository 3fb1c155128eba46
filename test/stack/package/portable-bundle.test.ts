import { describe, expect, it } from '@jest/globals';
import { toPortableBundle } from '../../../stack/package/portable-bundle.ts';

const toComment = (map: unknown, kind = 'application/json;charset=utf-8'): string =>
  `//# sourceMappingURL=data:${kind};base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;

describe('toPortableBundle', () => {
  it('makes source paths in the map relative to the repository', () => {
    const code = `run();\n${toComment({ sources: ['/build/here/src/a.ts'], sourcesContent: ["import '/build/here/src/b.ts'"] })}\n`;
    expect(toPortableBundle(code, '/build/here/')).toBe(
      `run();\n${toComment({ sources: ['src/a.ts'], sourcesContent: ["import 'src/b.ts'"] }, 'application/json')}\n`,
    );
  });

  it('throws for a bundle without a map, which a worker would reject', () => {
    expect(() => toPortableBundle('run();', '/build/here/')).toThrow('no inlined source map');
  });
});
