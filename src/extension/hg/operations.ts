// Going on with what was begun, or taking it back.
import { commands, l10n, window, workspace } from 'vscode';
import type { Operation } from '../../server/protocol.ts';
import { operationName } from '../headTexts.ts';
import type { OpenRepository } from '../openRepository.ts';
import { fileUri } from '../uris.ts';
import { answersOf, confirm, type Answers } from './answers.ts';
import { HgFailure } from './hg.ts';
import type { HgCommandRun, HgContext } from './table.ts';
import { inform, settled } from './targets.ts';

export const operationCommands = {
  continueOperation: async (context, args) => {
    const { answers, rest } = answersOf(args);
    const repository = await withOperation(context, rest[0]);
    if (repository !== undefined) await continueOperation(context, repository, answers);
  },
  abortOperation: (context, args) => abortOperation(context, args),
} satisfies Readonly<Record<string, HgCommandRun>>;

/** What each of them is called on the command line, where it is an extension that comes with Mercurial. */
const EXTENSIONS: Readonly<Partial<Record<Operation, string>>> = {
  rebase: 'rebase',
  histedit: 'histedit',
  transplant: 'transplant',
  unshelve: 'shelve',
};

/** They stop with 1, or with 240 where kinds of failures are told apart, when there is something for a person to do. */
const STOPPED = [0, 1, 240];

const VERDICTS = ['good', 'bad', 'skip'] as const;

/** Throws a HgFailure if hg does not go on. */
export async function continueOperation(
  context: HgContext,
  repository: OpenRepository,
  answers: Answers = answersOf([]).answers,
): Promise<void> {
  const { model } = repository;
  const operation = model.head?.operation;
  if (operation === undefined) return;
  if (model.unresolved > 0) {
    const message =
      model.unresolved === 1
        ? l10n.t('A conflict is not resolved yet. Resolve it, then go on.')
        : l10n.t('{0} conflicts are not resolved yet. Resolve them, then go on.', model.unresolved);
    void window.showWarningMessage(message);
    return;
  }
  switch (operation) {
    case 'merge':
      await commands.executeCommand('quicksilver.commit', repository.view.sourceControl);
      return;
    case 'bisect':
      await judge(context, repository, answers);
      return;
    case 'update':
      await finishUpdate(context, repository);
      return;
    case 'rebase':
    case 'graft':
    case 'histedit':
    case 'transplant':
    case 'unshelve': {
      const args = [operation, ...configFor(operation), '--continue', ...toolFor(operation)];
      await run(context, repository, operation, args);
      if (model.unresolved > 0) inform(l10n.t('There are conflicts again. Resolve them, then go on.'));
    }
  }
}

/** Asks first: what was done about conflicts is lost. */
async function abortOperation(context: HgContext, args: readonly unknown[]): Promise<void> {
  const { answers, rest } = answersOf(args);
  const repository = await withOperation(context, rest[0]);
  const operation = repository?.model.head?.operation;
  if (repository === undefined || operation === undefined) return;
  if (operation === 'bisect') {
    await run(context, repository, operation, ['bisect', '--reset']);
    return;
  }
  const message =
    operation === 'update'
      ? l10n.t('Take the interrupted update back, and discard all changes in {0}?', repository.name)
      : l10n.t(
          '{0}: abort, and go back to where you were? What you did to resolve conflicts is lost.',
          operationName(operation),
        );
  if (!(await confirm(answers, message, l10n.t('Abort')))) return;
  await run(context, repository, operation, abortOf(operation));
}

function abortOf(operation: Exclude<Operation, 'bisect'>): string[] {
  switch (operation) {
    case 'merge':
      return ['merge', '--abort'];
    case 'update':
      return ['update', '--clean', '--rev', '.'];
    case 'transplant':
      return ['transplant', ...configFor(operation), '--stop'];
    case 'rebase':
    case 'graft':
    case 'histedit':
    case 'unshelve':
      return [operation, ...configFor(operation), '--abort'];
  }
}

/** The one that is unfinished, of the repository that is meant, or of the only one that has something unfinished. */
async function withOperation(context: HgContext, argument: unknown): Promise<OpenRepository | undefined> {
  const unfinished = context.repositories.all.filter(({ model }) => model.head?.operation !== undefined);
  const [only] = unfinished;
  const repository = argument === undefined && unfinished.length === 1 ? only : await context.repository(argument);
  if (repository === undefined) return undefined;
  await settled(context, repository);
  if (repository.model.head?.operation !== undefined) return repository;
  inform(l10n.t('Nothing is unfinished in {0}.', repository.name));
  return undefined;
}

async function run(
  context: HgContext,
  repository: OpenRepository,
  operation: Operation,
  args: readonly string[],
): Promise<void> {
  const title = l10n.t('{0}…', operationName(operation));
  await context.hg.change(repository, { args, title, codes: STOPPED, looksAtAll: true });
}

async function judge(context: HgContext, repository: OpenRepository, answers: Answers): Promise<void> {
  const items = [
    { label: `$(thumbsup) ${l10n.t('Good')}`, detail: l10n.t('The fault is not in this changeset.'), verdict: 'good' },
    { label: `$(thumbsdown) ${l10n.t('Bad')}`, detail: l10n.t('The fault is in this changeset.'), verdict: 'bad' },
    { label: `$(debug-step-over) ${l10n.t('Skip')}`, detail: l10n.t('It cannot be told.'), verdict: 'skip' },
  ];
  const verdict =
    answers.oneOf('verdict', VERDICTS) ??
    (await window.showQuickPick(items, { placeHolder: l10n.t('What of this changeset?') }))?.verdict;
  if (verdict === undefined) return;
  const { notes, output } = await context.hg.change(repository, {
    args: ['bisect', `--${verdict}`],
    title: l10n.t('Bisecting…'),
  });
  const said = `${output}${notes}`.trim();
  if (said !== '') inform(said.split('\n').slice(0, 3).join(' · '));
}

/** What it was going to is noted until it is done. */
async function finishUpdate(context: HgContext, repository: OpenRepository): Promise<void> {
  const file = fileUri(repository.rootUri, '.hg/updatestate');
  const node = new TextDecoder('latin1').decode(await workspace.fs.readFile(file)).trim();
  const revision = /^[0-9a-f]{40}$/.test(node) ? node : '.';
  const title = l10n.t('Updating…');
  try {
    await context.hg.change(repository, { args: ['update', '--rev', revision], title, codes: [0, 1] });
  } catch (error) {
    if (!(error instanceof HgFailure) || error.kind !== 'uncommitted-changes') throw error;
    const action = l10n.t('Update and Discard Changes');
    const message = l10n.t('The update was interrupted while files were written. Finish it, and discard all changes?');
    if ((await window.showWarningMessage(message, { modal: true }, action)) !== action) return;
    await context.hg.change(repository, { args: ['update', '--clean', '--rev', revision], title });
  }
}

function configFor(operation: Operation): string[] {
  const extension = EXTENSIONS[operation];
  return extension === undefined ? [] : ['--config', `extensions.${extension}=`];
}

/** Not all of them take a tool when they go on; the configuration goes for all. */
function toolFor(operation: Operation): string[] {
  return operation === 'transplant' ? [] : ['--config', 'ui.merge=internal:merge'];
}
