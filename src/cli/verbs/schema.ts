import { toRequestSchema } from '../../domain/request/schema/request-schema.ts';
import type { AddVerb } from '../cli-context.ts';
import { addExamples, addOutputOption, type Example } from './verb-options.ts';

const OF_REQUEST: Example = [
  'schema request > request.schema.json',
  'for an editor, or to validate requests in a pipeline',
];
const OF_CONFIGURATION: Example = ['schema configuration -o yaml', 'the settings of a worker, to read'];

/** `schema`: the JSON Schema of the request or of the configuration, as this version validates them. */
export const addSchemaVerb: AddVerb = (program, context, act) => {
  const schema = program.command('schema').description('print the JSON Schema of the request or of the configuration');
  const add = (name: string, description: string, example: Example, read: () => Promise<unknown>): void => {
    const command = schema.command(name).description(description);
    addExamples(addOutputOption(command), context.programName, [example]).action(
      act(async (output) => {
        const value = await read();
        output.result(value, () => JSON.stringify(value, undefined, 2));
        return 0;
      }),
    );
  };
  add('request', 'the JSON object that starts a decommission', OF_REQUEST, () => Promise.resolve(toRequestSchema()));
  add('configuration', 'the file that NODE_DECOMMISSION_CONFIG names', OF_CONFIGURATION, async () => {
    const { toConfigurationSchema } = await import('../../config/json-schema.ts');
    return toConfigurationSchema();
  });
  addExamples(schema, context.programName, [OF_REQUEST, OF_CONFIGURATION]);
};
