// The shape of a command's entry in the tables of commands/.
import type { SourceControl, SourceControlResourceGroup, SourceControlResourceState, Uri } from 'vscode';
import { and, canRunHg, off, type Clause } from './clauses.ts';
import type { SubmenuName } from './submenus.ts';

/** The places in VS Code where our commands and submenus stand. */
export type MenuName =
  | 'editor/context'
  | 'editor/title'
  | 'explorer/context'
  | 'scm/change/title'
  | 'scm/resourceFolder/context'
  | 'scm/resourceGroup/context'
  | 'scm/resourceState/context'
  | 'scm/title'
  | 'view/item/context'
  | 'view/title'
  | 'webview/context'
  | `quicksilver.${SubmenuName}`;

/** @param group group of the menu, and after `@` the position in it */
export type MenuPlace = readonly [menu: MenuName, group: string, when?: Clause];

export interface CommandEntry {
  /** As the palette shows it: an imperative in title case, with `…` if the command asks for something. */
  readonly title: string;
  /** Name of a codicon. */
  readonly icon?: string;
  /** The command is gray where this is false. */
  readonly enablement?: Clause;
  /** The palette has the command where this is true; without it, always. */
  readonly palette?: Clause;
  readonly menus?: readonly MenuPlace[];
  readonly key?: { readonly key: string; readonly mac: string; readonly when: Clause };
}

/** Menus hand this over, and the extension itself passes it to such a command. */
export type CommandTarget = Uri | SourceControl | SourceControlResourceGroup | SourceControlResourceState;

/** `Args` are the types of the arguments; no value carries them. */
export interface Command<Args extends readonly unknown[]> {
  readonly entry: CommandEntry;
  readonly args?: Args;
}

/** A command that only the extension runs: package.json does not name it. */
export interface InternalCommand<Args extends readonly unknown[]> {
  readonly entry: undefined;
  readonly args?: Args;
}

type Targets = [target?: CommandTarget | undefined];

export const command = <Args extends readonly unknown[] = Targets>(entry: CommandEntry): Command<Args> => ({ entry });

/** A command that runs hg: gray while another one runs, and where hg cannot. */
export const hgCommand = <Args extends readonly unknown[] = Targets>(entry: CommandEntry): Command<Args> =>
  command({ enablement: and(canRunHg, isIdle), ...entry });

/** A command of rows, of the status bar or of the extension's own code. It has no title and stands in no menu. */
export const internalCommand = <Args extends readonly unknown[]>(): InternalCommand<Args> => ({ entry: undefined });

export const isIdle = off('quicksilver.operationInProgress');
