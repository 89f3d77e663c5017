// Makes a commit: plans it, runs hg, and keeps the message until that has worked.
import { modal, notify } from '../../common/display.ts';
import type { HgOption } from '../../../hgCommand/hgCall.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { ASK_USERNAME, HgFailure, type HgChange, type HgClient } from '../../hg/hgClient.ts';
import { planCommit, type CommitOptions, type CommitPlan } from './commitPlan.ts';
import { rememberMessage } from './messageHistory.ts';
import { fillInputBox } from './messageTemplate.ts';
import type { HgContext } from '../../hg/commandContext.ts';
import { hgTexts } from '../../hg/hgStrings.ts';

/** True if there was a commit; otherwise the user knows why. Throws a HgFailure if hg fails. */
export async function commit(
  context: HgContext,
  repository: OpenRepository,
  options: CommitOptions = {},
): Promise<boolean> {
  const plan = await planCommit(context, repository, options);
  return plan !== undefined && execute(context, repository, plan);
}

async function execute({ hg, extension }: HgContext, repository: OpenRepository, plan: CommitPlan): Promise<boolean> {
  const { toAdd, toRemove, message, from, amend } = plan;
  const { inputBox } = repository.view.sourceControl;
  // If hg refuses, a message that was written elsewhere is there and can be committed again.
  if (from === 'elsewhere') inputBox.value = message;
  const typed = inputBox.value;
  const texts = hgTexts.commit;
  // Text that is typed while hg runs would be lost with the message.
  inputBox.enabled = false;
  try {
    if (toAdd.length > 0) await hg.change(repository, { verb: 'add', files: toAdd, title: texts.adding() });
    if (toRemove.length > 0) {
      await hg.change(repository, { verb: 'remove', options: ['--after'], files: toRemove, title: texts.removing() });
    }
    if (!(await commitWithParts(hg, repository, plan))) return false;
  } catch (error) {
    if (!(error instanceof HgFailure) || error.kind !== 'nothing-changed') throw error;
    void notify('info', amend === undefined ? texts.nothing() : texts.nothingToAmend());
    return false;
  } finally {
    inputBox.enabled = true;
  }
  // A text for another commit stays.
  if (from !== 'last commit' && [typed, message].includes(inputBox.value)) inputBox.value = '';
  await fillInputBox(repository);
  await rememberMessage(extension.workspaceState, repository.root, message);
  return true;
}

/**
 * Commits. Asks about subrepositories with changes, because hg commits nothing then by itself. Returns false if
 * the user cancels.
 */
async function commitWithParts(hg: HgClient, repository: OpenRepository, plan: CommitPlan): Promise<boolean> {
  const texts = hgTexts.commit;
  try {
    await hg.change(repository, commitCall(plan));
  } catch (error) {
    if (!(error instanceof HgFailure) || error.kind !== 'dirty-subrepository') throw error;
    const choice = await modal('warning', texts.parts(), texts.partsDetail(error.reason), texts.commitParts());
    if (choice === undefined) return false;
    await hg.change(repository, commitCall(plan, ['--subrepos']));
  }
  return true;
}

function commitCall({ files, message, amend, closesBranch }: CommitPlan, more: readonly HgOption[] = []): HgChange {
  const texts = hgTexts.commit;
  const options: HgOption[] = ['--logfile=-', ...more];
  if (amend !== undefined) options.push('--amend');
  if (closesBranch) options.push('--close-branch');
  return {
    verb: 'commit',
    settings: ASK_USERNAME,
    options,
    input: message,
    ...(files && { files }),
    title: amend === undefined ? texts.title() : texts.amending(),
  };
}
