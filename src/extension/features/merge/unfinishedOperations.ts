// Going on with what was begun, or taking it back.
import { commands, l10n, workspace } from 'vscode';
import { notify, pick, type PickItem } from '../../common/display.ts';
import type { Operation } from '../../../base/repositoryState.ts';
import type { ViewId } from '../../contributions/window.ts';
import { executeCommand } from '../../common/typedCommands.ts';
import { isMerging } from '../../commands/contextKeys.ts';
import { operationName } from '../../scm/statusBar.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { fileUri } from '../../common/uris.ts';
import { answersOf, confirm, type Answers } from '../../hg/presetAnswers.ts';
import { HgFailure } from '../../hg/hgClient.ts';
import {
  abortCall,
  bisectSentence,
  continueCall,
  finishUpdateCall,
  isFound,
  isResumable,
  leftOut,
  reasonToStop,
  rejects,
  STOPPED,
  verdictCall,
  VERDICTS,
  type Resumable,
  type Verdict,
} from './operationSteps.ts';
import type { HgCommandRun, HgContext } from '../../hg/commandContext.ts';
import { previewLines, showInfo, warnOfConflicts } from '../../hg/notifications.ts';
import { flushPendingChanges } from '../../hg/pendingChanges.ts';
import { hgTexts } from '../../hg/hgStrings.ts';

export const operationCommands = {
  continueOperation: async (context, args) => {
    const { answers, rest } = answersOf(args);
    const repository = await withOperation(context, rest[0]);
    if (repository !== undefined) await continueOperation(context, repository, answers);
  },
  abortOperation: async (context, args) => {
    const { answers, rest } = answersOf(args);
    const repository = await withOperation(context, rest[0]);
    if (repository !== undefined) await abortOperation(context, repository, answers);
  },
  operationActions: (context, args) => chooseAction(context, args),
} satisfies Readonly<Record<string, HgCommandRun>>;

/** The most files named in a message. */
const NAMED = 3;

/** Throws a HgFailure if hg does not go on. */
export async function continueOperation(
  context: HgContext,
  repository: OpenRepository,
  answers: Answers = answersOf([]).answers,
): Promise<void> {
  const operation = repository.model.head?.operation;
  if (operation === undefined || !canContinue(repository)) return;
  if (isResumable(operation)) {
    await resume(context, repository, operation, answers);
  } else if (operation === 'merge') {
    await executeCommand('commit', repository.view.sourceControl);
  } else if (operation === 'bisect') {
    const verdict = answers.oneOf('verdict', VERDICTS) ?? (await chooseVerdict());
    if (verdict !== undefined) await judge(context, repository, verdict);
  } else {
    await finishUpdate(context, repository);
  }
}

/** Asks first: what was done about conflicts is lost. */
async function abortOperation(context: HgContext, repository: OpenRepository, answers: Answers): Promise<void> {
  const operation = repository.model.head?.operation;
  if (operation === undefined) return;
  // Ending a bisection undoes nothing and leaves the working copy in place.
  if (operation !== 'bisect' && !(await confirmAbort(operation, repository, answers))) return;
  await context.hg.change(repository, {
    ...abortCall(operation),
    title: titleOf(operation),
    codes: STOPPED,
    rescansAll: true,
  });
}

async function confirmAbort(operation: Operation, { name }: OpenRepository, answers: Answers): Promise<boolean> {
  const [question, detail] =
    operation === 'update'
      ? [l10n.t('Abort the update?'), l10n.t("All changes in '{0}' will be lost.", name)]
      : [l10n.t("Abort '{0}'?", operationName(operation)), l10n.t('Your conflict resolutions will be lost.')];
  return confirm(answers, question, l10n.t('Abort'), detail);
}

/** The one that is unfinished, of the repository that is meant, or of the only one that has something unfinished. */
async function withOperation(context: HgContext, argument: unknown): Promise<OpenRepository | undefined> {
  const unfinished = context.repositories.all.filter(({ model }) => model.head?.operation !== undefined);
  const [only] = unfinished;
  const repository = argument === undefined && unfinished.length === 1 ? only : await context.repository(argument);
  if (repository === undefined) return undefined;
  await flushPendingChanges(context, repository);
  if (repository.model.head?.operation !== undefined) return repository;
  showInfo(l10n.t("'{0}' has no unfinished operation.", repository.name));
  return undefined;
}

/** False with unresolved conflicts, which it names. */
function canContinue({ model }: OpenRepository): boolean {
  const unresolved = [...model.conflicts.values()].filter(({ state }) => state === 'unresolved');
  if (unresolved.length === 0) return true;
  const paths = unresolved.map(({ path }) => path).sort();
  const names = `${paths.slice(0, NAMED).join(', ')}${paths.length > NAMED ? ', …' : ''}`;
  const message =
    paths.length === 1
      ? l10n.t("Resolve the conflict in '{0}' before continuing.", names)
      : l10n.t('Resolve the conflicts in {0} files before continuing: {1}', paths.length, names);
  warnOfConflicts(message);
  return false;
}

async function resume(
  context: HgContext,
  repository: OpenRepository,
  operation: Resumable,
  answers: Answers,
): Promise<void> {
  const { model } = repository;
  if (operation === 'transplant') {
    const left = rejects([...model.entries.values()].flatMap(({ path, status }) => (status === 'unknown' ? path : [])));
    const message = l10n.t('Some hunks were rejected. Continue anyway?');
    if (left.length > 0 && !(await confirm(answers, message, l10n.t('Continue'), previewLines(left)))) return;
  }
  const output = await runContinue(context, repository, operation);
  for (const sentence of leftOut(output)) showInfo(sentence);
  if (model.head?.operation !== operation) return;
  if (model.unresolved > 0) showInfo(l10n.t('There are new conflicts. Resolve them, then continue.'));
  else showInfo(l10n.t('{0}: {1}', operationName(operation), reasonToStop(output) ?? l10n.t('not finished yet.')));
}

/** Continues an operation and returns the whole output of hg. */
async function runContinue(context: HgContext, repository: OpenRepository, operation: Resumable): Promise<string> {
  try {
    const { output, notes, errors } = await context.hg.change(repository, {
      ...continueCall(operation),
      title: titleOf(operation),
      codes: STOPPED,
      rescansAll: true,
      edits: true,
      // In the middle of a fold it would leave half of it behind, see hgCommand/editorProgram.ts.
      isUninterruptible: operation === 'histedit',
    });
    return [output, notes, errors].join('\n');
  } catch (error) {
    // It has stopped as the others do, but calls it a failure.
    if (!(error instanceof HgFailure) || error.kind !== 'to-be-fixed') throw error;
    return error.message;
  }
}

const VERDICT_ITEMS: Readonly<Record<Verdict, () => PickItem>> = {
  good: () => ({ icon: 'thumbsup', label: l10n.t('Good'), detail: l10n.t('The changeset works.') }),
  bad: () => ({ icon: 'thumbsdown', label: l10n.t('Bad'), detail: l10n.t('The changeset has the fault.') }),
  skip: () => ({ icon: 'debug-step-over', label: l10n.t('Skip'), detail: l10n.t('The changeset cannot be tested.') }),
};

async function chooseVerdict(): Promise<Verdict | undefined> {
  const items = VERDICTS.map(verdict => ({ ...VERDICT_ITEMS[verdict](), verdict }));
  return (await pick(items, { placeHolder: l10n.t('How does this changeset test?') }))?.verdict;
}

async function judge(context: HgContext, repository: OpenRepository, verdict: Verdict): Promise<void> {
  const { notes, output } = await context.hg.change(repository, {
    ...verdictCall(verdict),
    title: titleOf('bisect'),
  });
  const said = `${output}\n${notes}`;
  const sentence = bisectSentence(said);
  if (!isFound(said)) {
    if (sentence !== '') showInfo(sentence);
    return;
  }
  const end = l10n.t('End Bisect');
  void notify('info', sentence, end).then(async choice => {
    if (choice === end) await executeCommand('abortOperation', repository.rootUri);
  });
}

/** Finishes an interrupted update; hg keeps its target until it is done. */
async function finishUpdate(context: HgContext, repository: OpenRepository): Promise<void> {
  const state = await workspace.fs.readFile(fileUri(repository.rootUri, '.hg/updatestate'));
  await context.hg.change(repository, {
    ...finishUpdateCall(new TextDecoder('latin1').decode(state)),
    title: l10n.t('Updating…'),
    codes: STOPPED,
    rescansAll: true,
  });
  if (repository.model.unresolved > 0) showInfo(l10n.t('There are conflicts. Resolve them before you commit.'));
}

/** Runs the status bar item: a list of the possible next steps. */
async function chooseAction(context: HgContext, args: readonly unknown[]): Promise<void> {
  const { answers, rest } = answersOf(args);
  const repository = await withOperation(context, rest[0]);
  const operation = repository?.model.head?.operation;
  if (repository === undefined || operation === undefined) return;
  const items = actionsFor(context, repository, operation, answers);
  const placeHolder = `${operationName(operation)} · ${repository.name}`;
  await (await pick(items, { placeHolder }))?.run();
}

interface Action extends PickItem {
  run(): unknown;
}

function actionsFor(
  context: HgContext,
  repository: OpenRepository,
  operation: Operation,
  answers: Answers,
): readonly Action[] {
  const show: Action[] = [];
  const showView = (): unknown => commands.executeCommand('workbench.view.scm');
  if (repository.model.unresolved > 0) {
    show.push({ icon: 'warning', label: hgTexts.commit.showConflicts(), run: showView });
  }
  if (isMerging(repository)) {
    const run = (): unknown => commands.executeCommand('quicksilver.merge.focus' satisfies `${ViewId}.focus`);
    show.push({ icon: 'git-merge', label: l10n.t('Show Merge View'), run });
  }
  // An untrusted workspace runs nothing, but can show something.
  if (!workspace.isTrusted) {
    return show.length > 0 ? show : [{ icon: 'source-control', label: l10n.t('Show Changes'), run: showView }];
  }
  const abort: Action = {
    icon: 'close',
    label: operation === 'bisect' ? l10n.t('End Bisect') : l10n.t('Abort'),
    detail: ABORT_DETAILS[operation](),
    run: () => abortOperation(context, repository, answers),
  };
  if (operation === 'bisect') {
    const judged = VERDICTS.map(verdict => ({
      ...VERDICT_ITEMS[verdict](),
      run: () => judge(context, repository, verdict),
    }));
    return [...judged, abort, ...show];
  }
  const goOn: Action = {
    icon: 'debug-continue',
    label: l10n.t('Continue'),
    detail: operation === 'merge' ? l10n.t('Commit the merge.') : l10n.t('Continue after all conflicts are resolved.'),
    run: () => continueOperation(context, repository, answers),
  };
  return repository.model.unresolved > 0 ? [...show, goOn, abort] : [goOn, abort, ...show];
}

const wholeBack = (): string => l10n.t('Return to the state before the operation.');
const ABORT_DETAILS: Readonly<Record<Operation, () => string>> = {
  merge: () => l10n.t('Abort the merge and discard its changes.'),
  update: () => l10n.t('Return to where the update started and discard all changes.'),
  bisect: () => l10n.t('Clear the search. The working copy stays at the current revision.'),
  transplant: () => l10n.t('Changesets that were already transplanted are kept.'),
  rebase: wholeBack,
  graft: wholeBack,
  histedit: wholeBack,
  unshelve: wholeBack,
  // These three are Git's, whose operations are not ended here.
  cherryPick: wholeBack,
  revert: wholeBack,
  applyPatches: wholeBack,
};

function titleOf(operation: Operation): string {
  return l10n.t('{0}…', operationName(operation));
}
