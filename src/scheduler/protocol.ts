/** What the program understands; it refuses another version. The Go side is `scheduler/protocol.go`. */
export const PROTOCOL_VERSION = 2;

/** Facts are added in pieces, then loaded; then any number of trials follow. After a reset, other facts can be added. */
export type ProgramRequest =
  | { readonly version: number; readonly reset: object }
  | { readonly version: number; readonly add: AddedFacts }
  | { readonly version: number; readonly load: { readonly disabledPlugins: readonly string[] } }
  | { readonly version: number; readonly trial: ProgramTrial }
  | { readonly version: number; readonly survey: ProgramSurvey };

export interface AddedFacts {
  readonly nodes?: readonly object[];
  readonly templates?: readonly object[];
  readonly pods?: PodColumns;
  readonly objects?: Readonly<Record<string, readonly object[]>>;
}

/**
 * Pods as columns, one number per pod: they are too many for an object each. A column is the base64 form of little-endian int32 numbers, which
 * the program reads many times faster than a JSON array.
 */
export interface PodColumns {
  readonly namespaces: readonly string[];
  /** Index into `namespaces`. */
  readonly namespace: string;
  readonly template: string;
  /** Position among all nodes, or -1. */
  readonly node: string;
  readonly terminating: string;
  /** Pods that own claims, by their position in this piece. Only these are known by name and UID. */
  readonly owners: readonly PodOwner[];
}

export interface PodOwner {
  readonly position: number;
  readonly name: string;
  readonly uid: string;
}

export interface ProgramTrial {
  /** Positions among all nodes. */
  readonly removedNodes: readonly number[];
  readonly deleted: boolean;
  readonly oneByOne: boolean;
  readonly later?: boolean;
  readonly choice: string;
  /** Positions among all nodes. */
  readonly preferred?: readonly number[];
  /** Positions among all pods. */
  readonly pods: readonly number[];
  /** One per pod: its template, or -1 for its own. */
  readonly templates: readonly number[];
}

/** Which room pods have before any of them moves. As in `ProgramTrial`. */
export type ProgramSurvey = Pick<ProgramTrial, 'removedNodes' | 'pods' | 'templates'>;

export interface ProgramResponse {
  readonly version: number;
  readonly error?: string;
  readonly trial?: {
    /** One per pod: the position of its node, or -1 - i where i is an index into `noPlaces`. */
    readonly places: readonly number[];
    readonly noPlaces?: readonly ProgramNoPlace[];
  };
  readonly survey?: {
    /** One per pod: an index into `rooms`, or -1. */
    readonly room: readonly number[];
    readonly rooms?: readonly ProgramRoom[];
  };
}

/** See `PodRoom`. */
export interface ProgramRoom {
  readonly rivals: number;
  readonly domains: readonly (readonly number[])[];
}

export interface ProgramNoPlace {
  readonly message: string;
  readonly plugins: readonly string[];
  readonly byPreemption: boolean;
}
