export { decommissionNode } from './decommission-node.ts';
export { decommissionNodes } from './decommission-nodes.ts';
export { janitor } from './janitor.ts';
// The SDK uses the default export for unknown workflow types; there is no other way to register one.
export { refuseUnknownType as default } from './runtime/refuse-unknown-type.ts';
