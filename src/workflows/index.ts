export { decommissionNode } from './decommission-node.ts';
export { decommissionNodes } from './decommission-nodes.ts';
export { janitor } from './janitor.ts';
// oxlint-disable-next-line import/no-default-export -- the SDK has no other way to register the function for unknown workflow types
export { refuseUnknownType as default } from './runtime/refuse-unknown-type.ts';
