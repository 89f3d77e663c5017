// Takes back the last commit: its changes are in the working copy again, and its message in the input box.

import { notify, pick } from '../display.ts';
import type { HgOption, HgSetting } from '../../hgCommand/hgCall.ts';
import { isNullNode } from '../contentAddress.ts';
import type { OpenRepository } from '../openRepository.ts';
import { HgFailure } from './hg.ts';
import { rememberMessage } from './messageHistory.ts';
import { typedMessage } from './messageTemplate.ts';
import type { HgContext } from './table.ts';
import { hgTexts } from './texts.ts';
import { refusalToUndoMerge, undoMerge } from './undoMerge.ts';
import { STRIP_SETTINGS } from './undoMergeSteps.ts';

/** It comes with Mercurial; it is switched on for one command, whatever the person's configuration says of it. */
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

/** Resolves with whether it was taken back; if not, why was told. */
export async function undoCommit(context: HgContext, repository: OpenRepository): Promise<boolean> {
  const say = hgTexts.undo;
  context.hints.flush();
  const last = await lastCommit(context, repository);
  if (last === undefined) return refuse(hgTexts.commit.noParent());
  if (last.isPublic) return refuse(say.public(last.node));
  if (last.hasChildren) return refuse(say.children(last.node));
  const refusal = last.isMerge ? await refusalToUndoMerge(context, repository, last.node) : undefined;
  if (refusal !== undefined) return refuse(refusal);
  const way = last.isAmended ? await chooseWay() : 'commit';
  if (way === undefined) return false;
  if (way === 'amend') {
    await context.hg.change(repository, { verb: 'unamend', settings: UNCOMMIT, title: say.title() });
    return true;
  }
  if (last.isMerge) await undoMerge(context, repository, last.node);
  else await uncommit(context, repository);
  const { inputBox } = repository.view.sourceControl;
  // What was typed meanwhile is among the recent messages.
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

const CHILDREN = '{count(revset("children(%d)", rev))}';

async function lastCommit({ hg }: HgContext, repository: OpenRepository): Promise<LastCommit | undefined> {
  const template = [
    '{node}',
    '{phase}',
    '{p2node}',
    '{predecessors}',
    '{get(extras, "amend_source")}',
    CHILDREN,
    '{desc}',
  ].join('\\0');
  const output = await hg.read(repository, {
    verb: 'log',
    options: [
      ['--rev', '.'],
      ['--template', template],
    ],
  });
  if (output === '') return undefined;
  const [node = '', phase, secondParent = '', predecessors = '', amendSource = '', children, ...message] =
    output.split('\0');
  return {
    node,
    message: message.join('\0'),
    isPublic: phase === 'public',
    isMerge: !isNullNode(secondParent),
    hasChildren: children !== '0',
    isAmended: amendSource !== '' && predecessors !== '' && !predecessors.includes(' '),
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
