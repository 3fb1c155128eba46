const MAP_COMMENT = '//# sourceMappingURL=data:application/json;base64,';

/**
 * A bundle of `bundleWorkflowCode` whose inlined source map has source paths relative to `repository` (an absolute path with a trailing
 * slash) instead of paths of the build machine. The map has to stay: a worker rejects a bundle without one.
 * @throws Error when `code` has no inlined source map.
 */
export const toPortableBundle = (code: string, repository: string): string => {
  const position = code.lastIndexOf('//# sourceMappingURL=data:');
  const start = code.indexOf('base64,', position) + 'base64,'.length;
  if (position < 0 || start < position) throw new Error('The workflow bundle has no inlined source map.');
  const map = Buffer.from(code.slice(start).trimEnd(), 'base64').toString('utf8').replaceAll(repository, '');
  return `${code.slice(0, position)}${MAP_COMMENT}${Buffer.from(map).toString('base64')}\n`;
};
