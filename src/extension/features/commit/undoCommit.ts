// Takes back the last commit: its changes are in the working copy again, and its message in the input box.

import { notify, pick } from '../../common/display.ts';
import type { HgCall, HgOption, HgSetting } from '../../../hgCommand/hgCall.ts';
import { isNullNode } from '../../common/changesetIds.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { HgFailure } from '../../hg/hgClient.ts';
import { rememberMessage } from './messageHistory.ts';
import { typedMessage } from './messageTemplate.ts';
import type { HgContext } from '../../hg/commandContext.ts';
import { hgTexts } from '../../hg/hgStrings.ts';
import { refusalToUndoMerge, undoMerge } from './undoMerge.ts';
import { STRIP_SETTINGS } from './undoMergeSteps.ts';

/** The extension comes with Mercurial. This setting enables it for one command, whatever the user has configured. */
const UNCOMMIT: readonly HgSetting[] = ['extensions.uncommit='];

interface LastCommit {
  readonly node: string;
  readonly message: string;
  readonly isPublic: boolean;
  readonly isMerge: boolean;
  /** Other changesets, which are not hidden, are built on it. */
  readonly hasChildren: boolean;
  /** It was made by an amend, and what it was before is still known. */
  readonly isAmended: boolean;
}

/** Undoes the last commit. Resolves with true if that worked; otherwise the reason was shown. */
export async function undoCommit(context: HgContext, repository: OpenRepository): Promise<boolean> {
  const texts = hgTexts.undo;
  context.hints.flush();
  const last = await lastCommit(context, repository);
  if (last === undefined) return refuse(hgTexts.commit.noParent());
  if (last.isPublic) return refuse(texts.public(last.node));
  if (last.hasChildren) return refuse(texts.children(last.node));
  const refusal = last.isMerge ? await refusalToUndoMerge(context, repository, last.node) : undefined;
  if (refusal !== undefined) return refuse(refusal);
  const way = last.isAmended ? await chooseWay() : 'commit';
  if (way === undefined) return false;
  if (way === 'amend') {
    await context.hg.change(repository, { verb: 'unamend', settings: UNCOMMIT, title: texts.title() });
    return true;
  }
  if (last.isMerge) await undoMerge(context, repository, last.node);
  else await uncommit(context, repository);
  const { inputBox } = repository.view.sourceControl;
  // Text typed meanwhile is among the recent messages.
  const typed = typedMessage(repository);
  if (typed.trim() !== last.message) await rememberMessage(context.extension.workspaceState, repository.root, typed);
  inputBox.value = last.message;
  return true;
}

async function uncommit({ hg }: HgContext, repository: OpenRepository): Promise<void> {
  const title = hgTexts.undo.title();
  try {
    const options: readonly HgOption[] = ['--no-keep', '--allow-dirty-working-copy'];
    await hg.change(repository, { verb: 'uncommit', settings: UNCOMMIT, options, title });
  } catch (error) {
    // Another extension may have a command of this name with other options; then there is the plain old way.
    if (!(error instanceof HgFailure) || error.kind !== 'unknown-command') throw error;
    const options: readonly HgOption[] = ['--keep', ['--rev', '.']];
    await hg.change(repository, { verb: 'strip', settings: STRIP_SETTINGS, options, title });
  }
}

interface Logged {
  readonly node: string;
  readonly phase: string;
  readonly p2node: string;
  readonly predecessors: readonly string[];
  readonly amended: string | null;
  readonly children: number;
  readonly desc: string;
}

const FIELDS =
  'node, phase, p2node, predecessors, desc, amended=get(extras, "amend_source"),' +
  ' children=count(revset("children(%d)", rev))';

async function lastCommit({ hg }: HgContext, repository: OpenRepository): Promise<LastCommit | undefined> {
  const parent: HgCall = { verb: 'log', options: [['--rev', '.']] };
  const [logged] = await hg.rows<Logged>(repository, parent, FIELDS);
  // Without a commit, the parent is the null revision.
  if (logged === undefined || isNullNode(logged.node)) return undefined;
  const { node, desc, phase, p2node, children, amended, predecessors } = logged;
  return {
    node,
    message: desc,
    isPublic: phase === 'public',
    isMerge: !isNullNode(p2node),
    hasChildren: children !== 0,
    isAmended: amended !== null && predecessors.length === 1,
  };
}

async function chooseWay(): Promise<'amend' | 'commit' | undefined> {
  const say = hgTexts.undo;
  const items = [
    { label: say.amend(), detail: say.amendDetail(), way: 'amend' as const },
    { label: say.commit(), detail: say.commitDetail(), way: 'commit' as const },
  ];
  return (await pick(items, { placeHolder: say.which() }))?.way;
}

function refuse(sentence: string): false {
  void notify('warning', sentence);
  return false;
}
