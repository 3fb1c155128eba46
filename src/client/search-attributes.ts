import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { findRegistered, SEARCH_ATTRIBUTES, type SearchAttributeName } from '../domain/run/search-attributes.ts';

const KEYWORD = proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;

/**
 * Those of our search attributes that the client's namespace does not have with the type Keyword. Runs do without them.
 * @throws Error of the Temporal client: the server does not respond, or denies access.
 */
export const readMissingSearchAttributes = async (client: Client): Promise<readonly SearchAttributeName[]> => {
  const { namespace } = client.options;
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
  const registered = findRegistered(customAttributes, KEYWORD);
  return SEARCH_ATTRIBUTES.filter((name) => !registered.includes(name));
};

/**
 * Registers all of ours in the client's namespace; those that exist stay as they are.
 * @throws Error of the Temporal client: access denied, an attribute of another type, or too many attributes.
 */
export const registerSearchAttributes = async (client: Client): Promise<void> => {
  await client.connection.operatorService.addSearchAttributes({
    namespace: client.options.namespace,
    searchAttributes: Object.fromEntries(SEARCH_ATTRIBUTES.map((name) => [name, KEYWORD])),
  });
};
