// The handler of each command that runs hg.
//
// A handler gets a context with `hg`. `hg.read` queries the repository. `hg.change` changes it, shows progress, offers
// to try again when the repository is locked, and resolves when the view shows the result. A failure is thrown, and
// shown by the caller; catch it (`HgFailure`) only to do better. Wrap a command about one repository in `inRepository`
// of pickers/namePicker.ts.
import type { CancellationToken } from 'vscode';
import type { HgAsked } from '../server/hgProtocol.ts';
import type { CommandContext, Reports } from './commands/commands.ts';
import type { HgCommandName, LoadedCommandName } from './contributions/commands.ts';
import { chosenRepository } from './commands/commandArguments.ts';
import type { HgCommandRun, HgContext } from './hg/commandContext.ts';
import { askUser } from './hg/prompts.ts';
import { blameCommands } from './features/blame/blameCommands.ts';
import { commitCommands } from './features/commit/commitCommands.ts';
import { HgClient } from './hg/hgClient.ts';
import { fileHistoryCommands } from './features/fileHistory/fileHistoryCommands.ts';
import { graphCommands } from './features/graph/graphCommands.ts';
import { includeCommands } from './features/commit/includeCommands.ts';
import { fileCommands } from './features/files/fileCommands.ts';
import { renameCommands } from './features/files/recordRenames.ts';
import { resolveCommands } from './features/merge/resolveCommands.ts';
import { ignoreCommands } from './features/files/ignoreCommand.ts';
import { updateCommands } from './features/update/updateCommands.ts';
import { shelfCommands } from './features/update/shelves.ts';
import { editMessage } from './features/merge/operationMessage.ts';
import { operationCommands } from './features/merge/unfinishedOperations.ts';
import { bookmarkTagCommands } from './features/update/bookmarkTagCommands.ts';
import { exchangeCommands } from './features/exchange/exchangeCommands.ts';
import { RepositoriesOfSystem } from './repositories/repositoriesOfSystem.ts';
import { createCommands } from './features/exchange/createCommands.ts';
import { viewCommands } from './viewCommandTable.ts';

export const hgCommands: Readonly<Record<HgCommandName, HgCommandRun>> = {
  ...commitCommands,
  ...includeCommands,
  ...fileCommands,
  ...renameCommands,
  ...resolveCommands,
  ...ignoreCommands,
  ...updateCommands,
  ...shelfCommands,
  ...operationCommands,
  ...bookmarkTagCommands,
  ...exchangeCommands,
  ...createCommands,
  ...blameCommands,
  ...graphCommands,
  ...fileHistoryCommands,
};

let made: { readonly from: CommandContext; readonly context: HgContext } | undefined;

/** Runs any command; shows hg's failures, and throws other errors. */
export async function runCommand(
  context: CommandContext,
  reports: Reports,
  name: LoadedCommandName,
  args: readonly unknown[],
): Promise<unknown> {
  if (isHgCommand(name)) return runHgCommand(context, name, args);
  return viewCommands[name]({ ...context, reports }, ...args);
}

function isHgCommand(name: LoadedCommandName): name is HgCommandName {
  return name in hgCommands;
}

/** Runs a command and shows hg's failures; throws other errors. */
export async function runHgCommand(
  context: CommandContext,
  name: HgCommandName,
  args: readonly unknown[],
): Promise<unknown> {
  if (made?.from !== context) made = { from: context, context: hgContext(context) };
  const { context: own } = made;
  try {
    return await hgCommands[name](own, args);
  } catch (error) {
    if (!own.hg.showFailure(error)) throw error;
    return undefined;
  }
}

function hgContext(context: CommandContext): HgContext {
  const repositories = new RepositoriesOfSystem(context.repositories, 'hg');
  return {
    ...context,
    repositories,
    hg: new HgClient(context),
    repository: argument => chosenRepository(repositories, argument),
  };
}

/** Answers what hg asks while one of the commands runs; null for no answer. */
export async function answerHg(asked: HgAsked, token: CancellationToken): Promise<string | null> {
  const { messageIn, text } = asked;
  if (messageIn === undefined) return askUser(asked, token);
  return made === undefined ? null : editMessage(made.context, messageIn, text, token);
}
