// The entry of the bundle for commands. It is loaded with the first of these commands, or with a merge, so that a
// window starts without it.
export { answerHg, runCommand } from './commandTable.ts';
export { blameOf } from './features/blame/followBlame.ts';
export { showGraph } from './features/graph/graphViews.ts';
export { explainGit, warnAboutExtension } from './features/diagnose/otherExtensions.ts';
export { createHgNotice } from './hg/hgNotice.ts';
export { followMessages } from './features/commit/followMessages.ts';
export { MergeView } from './features/merge/mergeView.ts';
