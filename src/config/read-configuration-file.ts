import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { ConfigurationError } from './configuration-error.ts';
import { configurationSchema } from './configuration-schema.ts';
import type { ConfigurationFile } from './configuration-schema.ts';
import { describeIssue } from './describe-issue.ts';

/**
 * A configuration file in YAML or JSON, every default filled in. An empty file is one without settings.
 *
 * @throws ConfigurationError with every problem of the file; the file's text is not quoted.
 */
export const readConfigurationFile = (path: string): ConfigurationFile => {
  const result = configurationSchema.safeParse(parseFile(path) ?? {}, { reportInput: false });
  if (!result.success) {
    throw new ConfigurationError(path, result.error.issues.flatMap(describeIssue));
  }
  return result.data;
};

const parseFile = (path: string): unknown => {
  // Pretty errors would quote the lines around the fault.
  const document = parseDocument(readText(path), { prettyErrors: false });
  const problems = document.errors.map(
    ({ code, pos }) => `It is neither YAML nor JSON: ${code} at character ${pos[0]}.`,
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
