// Makes a commit: plans it, runs hg, and keeps the message until that has worked.
import { notify } from '../../common/display.ts';
import type { HgOption } from '../../../hgCommand/hgCall.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { ASK_USERNAME, HgFailure } from '../../hg/hgClient.ts';
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

async function execute(
  { hg, extension }: HgContext,
  repository: OpenRepository,
  { files, toAdd, toRemove, message, amend, closesBranch }: CommitPlan,
): Promise<boolean> {
  const { inputBox } = repository.view.sourceControl;
  const typed = inputBox.value;
  const texts = hgTexts.commit;
  // Text that is typed while hg runs would be lost with the message.
  inputBox.enabled = false;
  try {
    if (toAdd.length > 0) await hg.change(repository, { verb: 'add', files: toAdd, title: texts.adding() });
    if (toRemove.length > 0) {
      await hg.change(repository, { verb: 'remove', options: ['--after'], files: toRemove, title: texts.removing() });
    }
    const options: HgOption[] = ['--logfile=-'];
    if (amend !== undefined) options.push('--amend');
    if (closesBranch) options.push('--close-branch');
    await hg.change(repository, {
      verb: 'commit',
      settings: ASK_USERNAME,
      options,
      input: message,
      ...(files && { files }),
      title: amend === undefined ? texts.title() : texts.amending(),
    });
  } catch (error) {
    if (!(error instanceof HgFailure) || error.kind !== 'nothing-changed') throw error;
    void notify('info', amend === undefined ? texts.nothing() : texts.nothingToAmend());
    return false;
  } finally {
    inputBox.enabled = true;
  }
  // VS Code's value of the box may be a moment old.
  if (inputBox.value === typed || inputBox.value === message) inputBox.value = '';
  await fillInputBox(repository);
  await rememberMessage(extension.workspaceState, repository.root, message);
  return true;
}
