export { decommissionNode } from './decommission-node.ts';
export { decommissionNodes } from './decommission-nodes.ts';
// The SDK looks for the default export when it meets an unknown workflow type; there is no other way to register one.
export { refuseUnknownType as default } from './runtime/refuse-unknown-type.ts';
