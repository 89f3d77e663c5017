// Every command: its name, title, menus and the types of its arguments.
import type { Command, InternalCommand } from './commandEntry.ts';
import { commitCommands } from './commands/commitCommands.ts';
import { exchangeCommands } from './commands/exchangeCommands.ts';
import { fileCommands } from './commands/fileCommands.ts';
import { historyCommands } from './commands/historyCommands.ts';
import { mergeCommands } from './commands/mergeCommands.ts';
import { viewCommands } from './commands/viewCommands.ts';

/** Names without `quicksilver.`. */
export const commands = {
  ...viewCommands,
  ...commitCommands,
  ...fileCommands,
  ...mergeCommands,
  ...exchangeCommands,
  ...historyCommands,
};

export type CommandName = keyof typeof commands;
/** Commands that run without hg. */
export type ViewCommandName = keyof typeof viewCommands;
/** Those that need no code of ours. */
export type SimpleCommandName = 'showOutput' | 'setHgPath' | 'trustWorkspace';
/** Commands that run hg, and those that belong to them. */
export type HgCommandName = Exclude<CommandName, ViewCommandName>;

/** Commands whose code is loaded on first use. */
export type LoadedCommandName = Exclude<CommandName, SimpleCommandName>;

/** Those of them that only the extension runs. */
export type InternalCommandName = {
  [K in LoadedCommandName]: (typeof commands)[K]['entry'] extends undefined ? K : never;
}[LoadedCommandName];

export type CommandArguments<K extends CommandName> = (typeof commands)[K] extends
  Command<infer Args> | InternalCommand<infer Args>
  ? Args
  : never;
