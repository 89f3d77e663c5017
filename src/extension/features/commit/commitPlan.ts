// Decides with the user what goes into a commit. A plan is data: nothing changes in the repository before commit.ts
// executes it.
import { workspace } from 'vscode';
import { modal, notify } from '../../common/display.ts';
import { isMerging } from '../../commands/contextKeys.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { commitSettings, setCommitOffer, type CommitSettings, type Offer } from '../../common/settings.ts';
import { answered, choicesFor, offersOf, type Choice, type Offers } from './commitOffers.ts';
import { confirmMessage, messageFor, type ChosenMessage, type MessageOptions } from './commitMessage.ts';
import type { HgContext } from '../../hg/commandContext.ts';
import { previewLines, warnOfConflicts } from '../../hg/notifications.ts';
import { flushPendingChanges } from '../../hg/pendingChanges.ts';
import { hgTexts } from '../../hg/hgStrings.ts';
import { unsavedBelow } from '../../hg/unsavedDocuments.ts';

export interface CommitOptions extends MessageOptions {
  /** Default: the setting. */
  readonly scope?: 'all' | 'included';
  readonly closesBranch?: boolean;
}

/** Everything that hg needs for a commit. */
export interface CommitPlan extends Content, ChosenMessage {
  readonly amend: MessageOptions['amend'];
  readonly closesBranch: boolean;
}

/** The files of a commit. */
interface Content {
  /** Undefined for all changes of tracked files. */
  readonly files: readonly string[] | undefined;
  readonly toAdd: readonly string[];
  readonly toRemove: readonly string[];
}

const NOTHING_BESIDE: Content = { files: undefined, toAdd: [], toRemove: [] };

/** Returns undefined if there is no commit to make, or the user cancels; then the user knows why. */
export async function planCommit(
  context: HgContext,
  repository: OpenRepository,
  options: CommitOptions,
): Promise<CommitPlan | undefined> {
  const settings = commitSettings(repository.rootUri);
  if (!(await saveFiles(context, repository, settings.saveFiles))) return undefined;
  await flushPendingChanges(context, repository);
  if (repository.included.paths.length === 0 && isNothing(repository, NOTHING_BESIDE, options)) {
    // Rescans everything first: the event of a change may be late, and some file systems send none.
    await context.client.refresh(repository.root, 'commit without a change');
    await repository.whenShown();
  }
  if (!mayCommit(repository)) return undefined;
  const content = await chooseContent(repository, options, settings);
  if (content === undefined) return undefined;
  if (content.files === undefined && isNothing(repository, content, options)) {
    void notify('info', hgTexts.commit.nothing());
    return undefined;
  }
  const chosen = await messageFor(context, repository, options, settings, content);
  if (chosen === undefined || !(await confirmMessage(chosen.message, settings))) return undefined;
  return { ...content, ...chosen, amend: options.amend, closesBranch: options.closesBranch === true };
}

function mayCommit({ model, name }: OpenRepository): boolean {
  const say = hgTexts.commit;
  if (model.head === undefined) {
    void notify('warning', say.notAvailable(name));
    return false;
  }
  if (model.unresolved === 0) return true;
  warnOfConflicts(say.unresolved(model.unresolved));
  return false;
}

/** Returns the content of the commit; undefined if the user cancels. */
async function chooseContent(
  repository: OpenRepository,
  options: CommitOptions,
  settings: CommitSettings,
): Promise<Content | undefined> {
  const { model, included } = repository;
  const scope = options.scope ?? settings.scope;
  const chosen = scope === 'all' ? [] : included.withPartners(included.paths);
  if (options.scope === 'included' && chosen.length === 0) {
    void notify('info', hgTexts.commit.nothingIncluded());
    return undefined;
  }
  if (chosen.length > 0 && isMerging(repository)) {
    const { mergeIsWhole, commitAll } = hgTexts.commit;
    const choice = await modal('warning', mergeIsWhole(), '', commitAll());
    if (choice !== commitAll()) return undefined;
  } else if (chosen.length > 0) {
    const withStatus = (status: string): string[] => chosen.filter(path => model.entries.get(path)?.status === status);
    return { files: chosen, toAdd: withStatus('unknown'), toRemove: withStatus('deleted') };
  }
  // Amending is about the last commit: what lies around is none of its business.
  if (options.amend !== undefined) return NOTHING_BESIDE;
  const untracked = repository.view.settings.untrackedChanges === 'hidden' ? 'never' : settings.untracked;
  const offers = offersOf(model.entries.values(), { missing: settings.missing, untracked });
  const choice = await chooseOffers(offers);
  return choice && { files: undefined, ...answered(offers, choice) };
}

/** Asks once about missing and untracked files. Undefined if the user cancels. */
async function chooseOffers(offers: Offers): Promise<Choice | undefined> {
  const choices = choicesFor(offers);
  if (choices.length === 0) return 'without';
  const { missing, untracked } = offers;
  const say = hgTexts.commit;
  const isOne = missing.length + untracked.length === 1;
  const lines = [...missing.map(path => `! ${path}`), ...untracked.map(path => `? ${path}`)];
  const labels = choices.map(choice => say.choices[choice](missing.length > 0, untracked.length > 0));
  const label = await modal('info', say.offer(missing, untracked), isOne ? '' : previewLines(lines), ...labels);
  const choice = label === undefined ? undefined : choices[labels.indexOf(label)];
  if (choice !== 'never') return choice;
  await setCommitOffer(untracked.length > 0 ? 'commitUntrackedFiles' : 'commitMissingFiles', 'never');
  return 'without';
}

/** A merge, another branch, or closing one are something to commit without any file. */
function isNothing(repository: OpenRepository, { toAdd, toRemove }: Content, options: CommitOptions): boolean {
  const { counts, head } = repository.model;
  if (options.amend !== undefined || options.closesBranch === true || isMerging(repository)) return false;
  if (head?.changesBranch === true || repository.model.subrepositories.length > 0) return false;
  return counts.modified + counts.added + counts.removed + toAdd.length + toRemove.length === 0;
}

/** Returns true if the commit goes on. */
async function saveFiles(context: HgContext, repository: OpenRepository, wanted: Offer): Promise<boolean> {
  if (wanted === 'never') return true;
  const unsaved = await unsavedBelow(context, repository);
  if (unsaved.length === 0) return true;
  const say = hgTexts.commit;
  if (wanted === 'ask') {
    const message = say.unsaved(unsaved.length, workspace.asRelativePath(unsaved[0]!.uri));
    const choice = await modal('warning', message, '', say.saveAndCommit(), say.commitSaved());
    if (choice !== say.saveAndCommit()) return choice === say.commitSaved();
  }
  const saved = await Promise.all(unsaved.map(async document => document.save()));
  return saved.every(Boolean);
}
