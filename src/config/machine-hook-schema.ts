import { z } from 'zod';

const path = z.string().min(1);

/** Without user information: it would be shown with the URL. */
const isHttpsUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return protocol === 'https:' && username === '' && password === '';
};

const headerName = z.string().regex(/^[A-Za-z\d!#$%&'*+.^_`|~-]+$/, { error: 'must be the name of a header' });

const variableName = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, { error: 'must be the name of an environment variable, which has the value' });

/** The setting `endMachine`: the hook that ends the machine of a deleted node, a URL or a command. */
export const machineHookSchema = z
  .strictObject({
    url: z
      .string()
      .refine(isHttpsUrl, { error: 'must be an `https://` URL without a user name and a password' })
      .exactOptional(),
    method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']).exactOptional(),
    headers: z.record(headerName, variableName).exactOptional(),
    caFile: path.exactOptional(),
    command: z.array(z.string().min(1)).min(1).exactOptional(),
    timeoutSeconds: z.number().min(1).max(1800).default(300),
    clusters: z.array(z.string().min(1)).min(1).exactOptional(),
  })
  .superRefine(({ url, command, method, headers, caFile }, refinement) => {
    if ((url === undefined) === (command === undefined)) {
      refinement.addIssue({ code: 'custom', message: 'must have either `url: https://…` or `command: [program, …]`' });
    }
    const onlyWithUrl = Object.entries({ method, headers, caFile }).filter(([, value]) => value !== undefined);
    for (const [key] of command === undefined ? [] : onlyWithUrl) {
      refinement.addIssue({ code: 'custom', path: [key], message: 'is valid only together with `url`' });
    }
  });

export type MachineHookFile = z.infer<typeof machineHookSchema>;
