import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readApi, type ApiItem } from './read-api.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

export const API_PAGE_PATH = join(REPOSITORY, 'docs/api.md');

/** The public entries of the package, as `exports` of package.json names them, and their sources. */
export const PUBLIC_ENTRIES = [
  {
    module: 'node-decommission',
    path: join(REPOSITORY, 'src/client.ts'),
    purpose: 'The client, for services that start decommissions or follow them.',
  },
  {
    module: 'node-decommission/worker',
    path: join(REPOSITORY, 'src/worker.ts'),
    purpose: 'The worker, for services that run it themselves.',
  },
] as const;

const INTRODUCTION = `# API

What the package exports, from the docstrings of its sources; \`npm run docs:api\` writes this page. The keys of a request are in the
[README](../README.md#the-request), as JSON Schema in \`schemas/request.json\`. Times are RFC 3339, and numbers have their unit in their name.
`;

/** The page \`docs/api.md\` for the current sources. */
export const formatApiPage = (): string =>
  [
    INTRODUCTION,
    ...PUBLIC_ENTRIES.map(({ module, path, purpose }) =>
      [`## ${module}\n\n${purpose}\n`, ...readApi(path).map(formatItem)].join('\n'),
    ),
  ].join('\n');

const formatItem = ({ name, declaration, description, failures }: ApiItem): string => {
  const throws = failures.length === 0 ? '' : `Throws:\n\n${failures.map((failure) => `- ${failure}\n`).join('')}\n`;
  return `### ${name}\n\n${description}\n\n${throws}\`\`\`ts\n${declaration}\n\`\`\`\n`;
};
