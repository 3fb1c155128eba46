import type { SchedulerObject } from '../../domain/scheduling/scheduler-facts.ts';

/** A copy with these fields only, in this order; one that is absent stays absent. */
export const pick = (source: object, fields: readonly string[]): SchedulerObject => {
  const part: Record<string, unknown> = {};
  for (const field of fields) {
    const value: unknown = (source as Readonly<Record<string, unknown>>)[field];
    if (value !== undefined && value !== null) part[field] = value;
  }
  return part;
};
