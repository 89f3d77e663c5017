// Entry of a bundle of its own: what is loaded when the first of these commands is used, so that a window in which nobody
// uses them starts without.
export * as open from './openCommands.ts';
export * as revert from './revertCommands.ts';
