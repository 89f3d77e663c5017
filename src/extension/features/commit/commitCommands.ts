// The commands about commits.

import { notify, pick } from '../../common/display.ts';
import { isNullNode } from '../../common/changesetIds.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { inRepository } from '../../pickers/namePicker.ts';
import { commit } from './commit.ts';
import type { CommitOptions } from './commitPlan.ts';
import { lastMessage } from './commitMessage.ts';
import { exchangeCommands } from '../exchange/exchangeCommands.ts';
import { endEditor, writeInEditor } from './messageEditor.ts';
import { recentMessages, rememberMessage } from './messageHistory.ts';
import { typedMessage } from './messageTemplate.ts';
import type { Answers } from '../../hg/presetAnswers.ts';
import type { HgCommandRun, HgContext } from '../../hg/commandContext.ts';
import { hgTexts } from '../../hg/hgStrings.ts';
import { messageTexts } from './messageStrings.ts';
import { undoCommit } from './undoCommit.ts';

export const commitCommands = {
  commit: committing({}),
  commitAll: committing({ scope: 'all' }),
  commitIncluded: committing({ scope: 'included' }),
  commitAmendKeepMessage: committing({ amend: 'keep' }),
  commitAmendEditMessage: inRepository(amendInEditor),
  commitCloseBranch: committing({ closesBranch: true }),
  commitAndPush: inRepository(commitAndPush),
  editCommitMessage: inRepository(editMessage),
  commitMessageAccept: (_, [argument]) => endEditor(argument, true),
  commitMessageDiscard: (_, [argument]) => endEditor(argument, false),
  recentCommitMessages: inRepository(pickMessage),
  undoCommit: inRepository(undoCommit),
} satisfies Readonly<Record<string, HgCommandRun>>;

function committing(options: CommitOptions): HgCommandRun {
  return inRepository(async (context, repository) => {
    if (options.amend !== undefined && !mayAmend(repository)) return false;
    return commit(context, repository, options);
  });
}

/** The message in the input box goes on in the editor; without one, that of the last commit does. */
async function amendInEditor(context: HgContext, repository: OpenRepository, answers: Answers): Promise<boolean> {
  if (!mayAmend(repository)) return false;
  const typed = typedMessage(repository);
  const begun = typed === '' ? await lastMessage(context, repository) : typed;
  const message = answers.text('message') ?? (await writeInEditor(context, repository, begun));
  return message !== undefined && commit(context, repository, { amend: 'message', message });
}

/** True if the first parent may be amended; shows the reason if not. */
function mayAmend({ model: { head } }: OpenRepository): boolean {
  const say = hgTexts.commit;
  const isNone = head !== undefined && isNullNode(head.firstParent);
  if (!isNone && head?.phase !== 'public') return true;
  void notify('warning', isNone ? say.noParent() : say.publicParent());
  return false;
}

async function commitAndPush(context: HgContext, repository: OpenRepository): Promise<void> {
  if (!(await commit(context, repository))) return;
  await exchangeCommands.push(context, [repository.view.sourceControl]);
}

/** The message in the input box goes on in the editor, and what was written there is committed. */
async function editMessage(context: HgContext, repository: OpenRepository): Promise<boolean> {
  const typed = typedMessage(repository);
  const message = await writeInEditor(context, repository, typed === '' ? undefined : typed);
  return message !== undefined && commit(context, repository, { message });
}

async function pickMessage({ hg, extension }: HgContext, repository: OpenRepository): Promise<void> {
  const own = recentMessages(extension.workspaceState, repository.root);
  const logged = await hg.rows<{ readonly desc: string }>(
    repository,
    { verb: 'log', options: ['--limit=50', ['--rev', 'reverse(::.)']] },
    'desc',
  );
  const messages = [...new Set([...own, ...logged.map(({ desc }) => desc)])].filter(message => message !== '');
  const items = messages.map(message => {
    const [label = '', ...rest] = message.split('\n');
    return { label, detail: rest.join(' ').trim(), message };
  });
  const chosen = await pick(items, {
    placeHolder: messageTexts.pick(),
    matchOnDetail: true,
  });
  if (chosen === undefined) return;
  const { inputBox } = repository.view.sourceControl;
  await rememberMessage(extension.workspaceState, repository.root, typedMessage(repository));
  inputBox.value = chosen.message;
}
