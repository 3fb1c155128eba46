import type { DecommissionRequest } from './decommission-request.ts';

/** What people write for "no bound" and for "each pod's own". */
const SPELLED_NONES = { timeoutSeconds: 0, gracePeriodSeconds: -1 } as const;

type Bound = keyof typeof SPELLED_NONES;

/** Inside the program "none" is an absent field. */
export const withoutSpelledNones = (request: DecommissionRequest): DecommissionRequest =>
  Object.fromEntries(
    Object.entries(request).filter(([key, value]) => !(key in SPELLED_NONES && value === SPELLED_NONES[key as Bound])),
  ) as unknown as DecommissionRequest;

/** The same request with every "none" written out: parsed again, an absent `timeoutSeconds` would get the default. */
export const withSpelledNones = (request: DecommissionRequest): DecommissionRequest & Record<Bound, number> => ({
  ...SPELLED_NONES,
  ...request,
});
