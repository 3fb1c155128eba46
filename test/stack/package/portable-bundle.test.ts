import { describe, expect, it } from '@jest/globals';
import { toPortableBundle } from '../../../stack/package/portable-bundle.ts';

const toComment = (map: unknown, kind = 'application/json;charset=utf-8'): string =>
  `//# sourceMappingURL=data:${kind};base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;

describe('the portable bundle', () => {
  it('names its sources relative to the repository, in the map too', () => {
    const code = `run();\n${toComment({ sources: ['/build/here/src/a.ts'], sourcesContent: ["import '/build/here/src/b.ts'"] })}\n`;
    expect(toPortableBundle(code, '/build/here/')).toBe(
      `run();\n${toComment({ sources: ['src/a.ts'], sourcesContent: ["import 'src/b.ts'"] }, 'application/json')}\n`,
    );
  });

  it('is not made of a bundle without a map, which a worker would refuse', () => {
    expect(() => toPortableBundle('run();', '/build/here/')).toThrow('no inlined source map');
  });
});
