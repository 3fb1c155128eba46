const MAP_COMMENT = '//# sourceMappingURL=data:application/json;base64,';

/**
 * A bundle of `bundleWorkflowCode` for a package. Its inlined source map, which a worker requires, has source paths relative to `repository` (an
 * absolute path with a trailing slash) instead of paths of the build machine, and not the sources themselves. The code is in ASCII: with one
 * other character, V8 keeps two bytes for each of its characters, in two threads.
 *
 * @param code has characters outside of ASCII only in comments and in strings that are not raw
 * @throws Error when `code` has no inlined source map.
 */
export const toPortableBundle = (code: string, repository: string): string => {
  const position = code.lastIndexOf('//# sourceMappingURL=data:');
  const start = code.indexOf('base64,', position) + 'base64,'.length;
  if (position < 0 || start < position) throw new Error('The workflow bundle has no inlined source map.');
  const map = Buffer.from(code.slice(start).trimEnd(), 'base64').toString('utf8').replaceAll(repository, '');
  const { sourcesContent: _sources, ...positions } = JSON.parse(map) as Readonly<Record<string, unknown>>;
  const shortMap = Buffer.from(JSON.stringify(positions)).toString('base64');
  return `${toAscii(code.slice(0, position))}${MAP_COMMENT}${shortMap}\n`;
};

const toAscii = (code: string): string =>
  code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
