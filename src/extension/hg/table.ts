// What each command of names.ts does.
import { window, type CancellationToken } from 'vscode';
import type { HgAsked } from '../../server/hgProtocol.ts';
import type { CommandContext } from '../commands.ts';
import { repositoryOfArgument } from '../commandArguments.ts';
import type { OpenRepository } from '../openRepository.ts';
import { askPerson } from './ask.ts';
import { commitCommands } from './commitCommands.ts';
import { Hg } from './hg.ts';
import { includeCommands } from './includeCommands.ts';
import { fileCommands } from './fileCommands.ts';
import { renameCommands } from './recordRenames.ts';
import { resolveCommands } from './resolveCommands.ts';
import { ignoreCommands } from './ignoreCommand.ts';
import { movingCommands } from './movingCommands.ts';
import { shelfCommands } from './shelves.ts';
import { editMessage } from './operationMessage.ts';
import { operationCommands } from './operations.ts';
import { nameCommands } from './nameCommands.ts';
import { exchangeCommands } from './exchangeCommands.ts';
import { createCommands } from './createCommands.ts';
import type { HgCommandName } from './names.ts';
import { hgTexts } from './texts.ts';

export interface HgContext extends CommandContext {
  readonly hg: Hg;
  /** The repository that a command is about: of its argument, of the active editor, the only one, or the one picked. */
  repository(argument: unknown): Promise<OpenRepository | undefined>;
}

/** Gets what VS Code hands over: a source control, rows, a group, URIs, or nothing. */
export type HgCommandRun = (context: HgContext, args: readonly unknown[]) => unknown;

const table: Readonly<Record<HgCommandName, HgCommandRun>> = {
  ...commitCommands,
  ...includeCommands,
  ...fileCommands,
  ...renameCommands,
  ...resolveCommands,
  ...ignoreCommands,
  ...movingCommands,
  ...shelfCommands,
  ...operationCommands,
  ...nameCommands,
  ...exchangeCommands,
  ...createCommands,
};

let made: HgContext | undefined;

/** Runs a command and tells what goes wrong with hg; other errors are thrown. */
export async function runHgCommand(
  context: CommandContext,
  name: HgCommandName,
  args: readonly unknown[],
): Promise<unknown> {
  made ??= {
    ...context,
    hg: new Hg(context),
    repository: argument => chosenRepository(context, argument),
  };
  try {
    return await table[name](made, args);
  } catch (error) {
    if (!made.hg.tell(error)) throw error;
    return undefined;
  }
}

/** Answers what hg asks while one of the commands runs; null for no answer. */
export async function answerHg(asked: HgAsked, token: CancellationToken): Promise<string | null> {
  const { messageIn, text } = asked;
  if (messageIn === undefined) return askPerson(asked, token);
  return made === undefined ? null : editMessage(made, messageIn, text, token);
}

async function chosenRepository(context: CommandContext, argument: unknown): Promise<OpenRepository | undefined> {
  const named = repositoryOfArgument(context.repositories, argument);
  if (named !== undefined) return named;
  const { all } = context.repositories;
  if (all.length === 0) void window.showInformationMessage(hgTexts.noRepository());
  if (all.length <= 1) return all[0];
  // The selected one in the Source Control view cannot be known; that of the active file comes first.
  const active = window.activeTextEditor && context.repositories.of(window.activeTextEditor.document.uri);
  const sorted = [...all].sort((a, b) => Number(b === active) - Number(a === active));
  const items = sorted.map(repository => ({ label: repository.name, description: repository.root, repository }));
  return (await window.showQuickPick(items, { placeHolder: hgTexts.pickRepository() }))?.repository;
}
