import {
  EXCLUDE_BALANCERS_LABEL,
  LOCK_ANNOTATION,
  POINT_OF_NO_RETURN_ANNOTATION,
} from '../../../src/domain/cluster/annotations.ts';
import { readTurnMark, type TurnMark } from '../../../src/domain/fleet/turn-mark.ts';
import type { ObjectWatch, WatchEvent } from '../../e2e/harness/object-watch.ts';

interface Metadata {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** From its first eviction until its point of no return, whatever the marks are. */
const isInWork = ({ labels, annotations }: Metadata): boolean =>
  labels?.[EXCLUDE_BALANCERS_LABEL] !== undefined && annotations?.[POINT_OF_NO_RETURN_ANNOTATION] === undefined;

/** The sets of nodes in work, one after each change of a Node. */
export const toWorking = ({ events }: Pick<ObjectWatch, 'events'>): readonly (readonly string[])[] => {
  const working = new Set<string>();
  return events().map(({ type, object }) => {
    const metadata = object.metadata as Metadata;
    if (type !== 'DELETED' && isInWork(metadata)) working.add(metadata.name);
    else working.delete(metadata.name);
    return [...working];
  });
};

/** The mark in the lock of this Node; undefined: it has none. */
export const readMark = ({ object }: WatchEvent): TurnMark | undefined =>
  readTurnMark((object.metadata as Metadata).annotations?.[LOCK_ANNOTATION] ?? '');

/** Names of the nodes whose turn was withdrawn, once for each time: marked as in work, then as waiting again. */
export const toWithdrawn = ({ events }: Pick<ObjectWatch, 'events'>): readonly string[] => {
  const hasTurn = new Map<string, boolean>();
  return events().flatMap((event) => {
    const { name } = event.object.metadata;
    const mark = readMark(event);
    const had = hasTurn.get(name) === true;
    hasTurn.set(name, mark?.workingSince !== undefined);
    return had && mark !== undefined && mark.workingSince === undefined ? [name] : [];
  });
};
