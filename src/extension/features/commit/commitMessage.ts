// The message of a commit: from the input box, the editor, or the last commit; and whether it is fit to be one.

import { modal, input } from '../../common/display.ts';
import type { HgCall } from '../../../hgCommand/hgCall.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import type { CommitSettings } from '../../common/settings.ts';
import { problemsOf } from './messageChecks.ts';
import { writeInEditor, type ListedContent } from './messageEditor.ts';
import { typedMessage } from './messageTemplate.ts';
import type { HgContext } from '../../hg/commandContext.ts';
import { previewLines } from '../../hg/notifications.ts';
import { hgTexts } from '../../hg/hgStrings.ts';
import { messageTexts } from './messageStrings.ts';

export interface MessageOptions {
  /** Adds the changes to the last commit. 'keep' keeps its message, 'message' takes the one in the input box. */
  readonly amend?: 'keep' | 'message';
  /** Replaces the message in the input box. */
  readonly message?: string;
}

export interface ChosenMessage {
  readonly message: string;
  /** 'elsewhere' is an editor, a prompt, or another extension. */
  readonly from: 'input box' | 'elsewhere' | 'last commit';
}

/**
 * Returns the message for a commit; undefined if the user cancels or writes nothing.
 * @param content the files of the commit, which the editor lists
 */
export async function messageFor(
  context: HgContext,
  repository: OpenRepository,
  { message, amend }: MessageOptions,
  settings: CommitSettings,
  content: ListedContent,
): Promise<ChosenMessage | undefined> {
  if (message !== undefined) return { message, from: 'elsewhere' };
  const typed = typedMessage(repository);
  // Without typed text, the old message stays.
  if (amend === 'keep' || (amend !== undefined && typed === '')) {
    return { message: await lastMessage(context, repository), from: 'last commit' };
  }
  if (typed !== '') return { message: typed, from: 'input box' };
  const written = settings.usesEditor
    ? await writeInEditor(context, repository, undefined, content)
    : await input({
        prompt: hgTexts.commit.messagePrompt(repository.model.head?.branch ?? ''),
        ignoreFocusOut: true,
      });
  return written === undefined || written.trim() === '' ? undefined : { message: written, from: 'elsewhere' };
}

/** Returns the first parent's message, unchanged. */
export async function lastMessage({ hg }: HgContext, repository: OpenRepository): Promise<string> {
  const parent: HgCall = { verb: 'log', options: [['--rev', '.']] };
  const [changeset] = await hg.rows<{ readonly desc: string }>(repository, parent, 'desc');
  return changeset?.desc ?? '';
}

/** True if the commit goes on with this message: it passes the checks, or the user accepts its problems. */
export async function confirmMessage(message: string, settings: CommitSettings): Promise<boolean> {
  if (!settings.checksMessage) return true;
  const problems = problemsOf(message, settings);
  if (problems.length === 0) return true;
  const texts = messageTexts;
  const detail = previewLines(problems.map(texts.problem));
  return (await modal('warning', texts.doubts(), detail, texts.anyway())) === texts.anyway();
}
