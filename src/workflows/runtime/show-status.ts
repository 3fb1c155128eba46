import { defineSearchAttributeKey } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { toSearchAttributeValues, type SearchAttributeName } from '../../domain/run/search-attributes.ts';
import type { RunStatus } from '../../domain/run/status.ts';
import { toCurrentDetails } from './current-details.ts';

/**
 * Shows the status in Temporal: as current details, which cost nothing until they are read, and as search attributes, of which it writes
 * only those whose value has changed. `registered`: those that the namespace has, as recorded when the request was accepted; another
 * one would fail the workflow task.
 */
export const showStatus = (
  status: RunStatus,
  drainProgress: readonly string[],
  registered: readonly SearchAttributeName[] = [],
): void => {
  setCurrentDetails(toCurrentDetails(status, drainProgress));
  const values = toSearchAttributeValues(status);
  const { typedSearchAttributes } = workflowInfo();
  const changes = registered.flatMap((name) => {
    const key = defineSearchAttributeKey(name, 'KEYWORD');
    const value = values[name] ?? null;
    return (typedSearchAttributes.get(key) ?? null) === value ? [] : [{ key, value }];
  });
  if (changes.length > 0) upsertSearchAttributes(changes);
};
