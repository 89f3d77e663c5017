// The entry of the bundle for commands. It is loaded with the first of these commands, or with a merge, so that a
// window starts without it.
export { answerHg, runHgCommand } from './commandTable.ts';
export { blameOf } from './features/blame/followBlame.ts';
export { showGraph } from './features/graph/graphViews.ts';
export { explainGit, warnAboutExtension } from './features/diagnose/otherExtensions.ts';
export { createHgNotice } from './hg/hgNotice.ts';
export { followMessages } from './features/commit/followMessages.ts';
export * as merge from './features/merge/mergeCommands.ts';
export { MergeView } from './features/merge/mergeView.ts';
export * as open from './features/compare/openCommands.ts';
export * as reports from './features/diagnose/reportCommands.ts';
export * as revert from './features/files/revertCommands.ts';
export * as revisions from './features/compare/revisionCommands.ts';
