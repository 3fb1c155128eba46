import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { ConfigurationError } from './configuration-error.ts';
import { configurationSchema } from './configuration-schema.ts';
import type { ConfigurationFile } from './configuration-schema.ts';
import { describeIssue } from './describe-issue.ts';

/**
 * Reads a configuration file in YAML or JSON and fills in every default. An empty file is valid and has no settings.
 *
 * @throws ConfigurationError `InvalidConfiguration`: lists every problem of the file, without quoting its text.
 */
export const readConfigurationFile = (path: string): ConfigurationFile => {
  const result = configurationSchema.safeParse(parseFile(path) ?? {}, { reportInput: false });
  if (!result.success) {
    throw new ConfigurationError(path, result.error.issues.flatMap(describeIssue));
  }
  return result.data;
};

const parseFile = (path: string): unknown => {
  // Pretty errors would quote the lines around the error.
  const document = parseDocument(readText(path), { prettyErrors: false });
  const problems = document.errors.map(
    ({ code, pos }) => `The file is not valid YAML or JSON: ${code} at character ${pos[0]}.`,
  );
  if (problems.length > 0) {
    throw new ConfigurationError(path, problems);
  }
  return document.toJS() as unknown;
};

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown error';
    throw new ConfigurationError(path, [
      `The file cannot be read (${code}); set NODE_DECOMMISSION_CONFIG to a readable file, or unset it.`,
    ]);
  }
};
