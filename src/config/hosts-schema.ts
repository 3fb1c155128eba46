import { z } from 'zod';

/** Placeholder for the Node's name in `host`. */
const NODE_NAME = '{nodeName}';

const path = z.string().min(1);

const defaultsSchema = z.strictObject({
  host: z
    .string()
    .min(1)
    .refine((host) => !/[{}\s]/.test(host.replaceAll(NODE_NAME, '')), {
      error: `must be a host name or address, in which \`${NODE_NAME}\` stands for the name of the Node`,
    })
    .exactOptional(),
  port: z.int().min(1).max(65_535).exactOptional(),
  user: z
    .string()
    .regex(/^[^\s:]+$/, { error: 'must be a user name without spaces and colons' })
    .exactOptional(),
  identityFile: path.exactOptional(),
  agent: z.boolean().exactOptional(),
  knownHosts: z.array(path).min(1).exactOptional(),
  sudo: z.boolean().exactOptional(),
  connectTimeoutSeconds: z.number().min(1).max(600).exactOptional(),
  kubeletUnits: z
    .array(z.string().regex(/^[\w@:.-]+\.service$/, { error: 'must be a systemd service, e.g. `kubelet.service`' }))
    .min(1)
    .exactOptional(),
  unreadHomes: z.enum(['refuse', 'leave']).exactOptional(),
});

const entrySchema = defaultsSchema.extend({
  match: z
    .string()
    .regex(/^[a-z0-9.*?-]+$/, { error: 'must be the name of a Node, or a pattern for names with `*` and `?`' }),
});

interface LoginFields {
  readonly identityFile?: string;
  readonly agent?: boolean;
}

const refuseTwoLogins = (settings: LoginFields, refinement: z.RefinementCtx): void => {
  if (settings.identityFile !== undefined && settings.agent === true) {
    refinement.addIssue({ code: 'custom', message: 'must have either `identityFile` or `agent: true`, not both' });
  }
};

/** With one fixed host for several Nodes, the cleanup of each Node would clean the same machine. */
const refuseSharedHost = (
  { host = NODE_NAME, match = '*' }: { readonly host?: string; readonly match?: string },
  refinement: z.RefinementCtx,
): void => {
  if (/[*?]/.test(match) && !host.includes(NODE_NAME)) {
    refinement.addIssue({
      code: 'custom',
      path: ['host'],
      message: `must contain \`${NODE_NAME}\`, because it applies to several Nodes`,
    });
  }
};

/** Connection settings of hosts: defaults for all, and entries by Node name or pattern (`*`, `?`), of which the first match is used. */
export const hostsSchema = z
  .strictObject({
    defaults: defaultsSchema.superRefine(refuseTwoLogins).superRefine(refuseSharedHost).optional(),
    nodes: z.array(entrySchema.superRefine(refuseTwoLogins).superRefine(refuseSharedHost)).default([]),
  })
  .superRefine(({ defaults = {}, nodes }, refinement) => {
    const message =
      'must have either `identityFile: <path>` or `agent: true`, in the entry itself or in `hosts.defaults`, to log in';
    for (const [index, entry] of nodes.entries()) {
      if (!hasLogin(hasOwnLogin(entry) ? entry : defaults)) {
        refinement.addIssue({ code: 'custom', path: ['nodes', index], message });
      }
    }
    if (nodes.length === 0 && !hasLogin(defaults)) {
      refinement.addIssue({
        code: 'custom',
        message:
          'must have `defaults` with either `identityFile: <path>` or `agent: true`, or entries of `nodes` that do',
      });
    }
  });

export type HostsFile = z.infer<typeof hostsSchema>;
export type HostFields = z.infer<typeof defaultsSchema>;

/** An entry with any login setting replaces the login of the defaults as a whole. */
export const hasOwnLogin = ({ identityFile, agent }: LoginFields): boolean =>
  identityFile !== undefined || agent !== undefined;

export const hasLogin = ({ identityFile, agent }: LoginFields): boolean => identityFile !== undefined || agent === true;

/** @param path below `hosts` */
export const toKnownHostsKeys = ([section]: readonly PropertyKey[]): readonly string[] => {
  switch (section) {
    case undefined:
      return Object.keys(hostsSchema.shape);
    case 'defaults':
      return Object.keys(defaultsSchema.shape);
    default:
      return Object.keys(entrySchema.shape);
  }
};

/** Replaces the placeholder in a host template with the Node's name. */
export const fillHostTemplate = (template: string, nodeName: string): string =>
  template.replaceAll(NODE_NAME, nodeName);
