// Runs our own commands: a wrong name or argument does not compile.
import { commands, type Command } from 'vscode';
import type { CommandArguments, CommandName } from '../contributions/commands.ts';

/** Resolves with what the command returns; undefined if it failed, which the user has seen by then. */
export function executeCommand<K extends CommandName>(name: K, ...args: CommandArguments<K>): Thenable<unknown> {
  return commands.executeCommand(`quicksilver.${name}`, ...args);
}

/** The command that a click on a row or on an item of the status bar runs. */
export function commandWith<K extends CommandName>(name: K, title: string, ...args: CommandArguments<K>): Command {
  return { command: `quicksilver.${name}`, title, arguments: [...args] };
}
