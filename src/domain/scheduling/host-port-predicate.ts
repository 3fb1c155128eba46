import type { HostPort } from '../cluster/facts.ts';
import type { SchedulingPredicate } from './predicate.ts';

const EVERY_ADDRESS = '0.0.0.0';

/** Same protocol and port on the same address; 0.0.0.0 collides with every address. */
export const hostPortPredicate: SchedulingPredicate = {
  name: 'NodePorts',
  isFixed: false,
  reasonsAgainst: (pod, { hostPorts }) =>
    pod.hostPorts.some((wanted) => hostPorts.some((used) => collide(wanted, used)))
      ? ["node(s) didn't have free ports for the requested pod ports"]
      : [],
};

const collide = (a: HostPort, b: HostPort): boolean =>
  a.protocol === b.protocol &&
  a.hostPort === b.hostPort &&
  (a.hostIP === b.hostIP || a.hostIP === EVERY_ADDRESS || b.hostIP === EVERY_ADDRESS);
