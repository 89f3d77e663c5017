// Registers all commands. Their code is loaded when one of them is first used.
import {
  commands,
  EventEmitter,
  workspace,
  type ExtensionContext,
  type TextDocumentContentProvider,
  type Uri,
} from 'vscode';
import { type Log, notify } from '../common/display.ts';
import { errorMessage } from '../../base/errors.ts';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import { ownManifest } from '../common/manifest.ts';
import type {
  CommandName,
  InternalCommandName,
  LoadedCommandName,
  SimpleCommandName,
} from '../contributions/commands.ts';
import type { SettingId } from '../contributions/settings.ts';
import type { Discovery } from '../repositories/discovery.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { HintSources } from '../repositories/hintSources.ts';
import type { RepositoryLookup } from '../repositories/repositories.ts';
import { lazy } from '../common/lazy.ts';
import { texts } from '../scm/scmStrings.ts';

/** The scheme of the doctor's documents. */
export const DOCTOR_SCHEME = 'quicksilver-doctor';

export interface CommandContext {
  readonly client: EngineClient;
  readonly repositories: RepositoryLookup;
  readonly discovery: Discovery;
  readonly hints: HintSources;
  readonly log: Log;
  readonly extension: ExtensionContext;
}

/** The reports of the doctor, by their URIs. */
export interface Reports {
  readonly texts: Map<string, string>;
  readonly didChange: EventEmitter<Uri>;
}

export function registerCommands(context: CommandContext): Disposable {
  const store = new DisposableStore();
  const reports: Reports = { texts: new Map(), didChange: store.add(new EventEmitter<Uri>()) };
  const simple: Readonly<Record<SimpleCommandName, CommandRun>> = {
    showOutput: () => context.log.show(),
    setHgPath: () => commands.executeCommand('workbench.action.openSettings', 'quicksilver.path' satisfies SettingId),
    trustWorkspace: () => commands.executeCommand('workbench.trust.manage'),
  };
  for (const name of Object.keys(simple) as SimpleCommandName[]) {
    store.add(registerCommand(context, name, simple[name]));
  }
  for (const name of loadedCommandNames(simple)) {
    const run: CommandRun = async (...args) => (await lazy()).runCommand(context, reports, name, args);
    store.add(registerCommand(context, name, run));
  }
  const provider: TextDocumentContentProvider = {
    onDidChange: reports.didChange.event,
    provideTextDocumentContent: uri => reports.texts.get(uri.toString()),
  };
  store.add(workspace.registerTextDocumentContentProvider(DOCTOR_SCHEME, provider));
  return store;
}

const internalCommands: Readonly<Record<InternalCommandName, true>> = {
  copyReport: true,
  openProblem: true,
  openResource: true,
  openStaged: true,
  openSubrepository: true,
  recordRenames: true,
  offerToResolve: true,
  'graph.reveal': true,
  'fileHistory.loadMore': true,
};

/** Returns the commands that have no handler here: those of package.json, and the internal ones. */
function loadedCommandNames(others: object): LoadedCommandName[] {
  const contributed = ownManifest().contributes.commands.map(({ command }) => command.replace('quicksilver.', ''));
  return [...contributed, ...Object.keys(internalCommands)].filter(name => !(name in others)) as LoadedCommandName[];
}

/** Gets what VS Code, a key binding or another extension hands over, which may be anything. */
type CommandRun = (...args: readonly unknown[]) => unknown;

/** Registers a command of the tables in contributions/, and shows its errors. */
export function registerCommand({ log }: CommandContext, name: CommandName, run: CommandRun): Disposable {
  return commands.registerCommand(`quicksilver.${name}`, async (...args: readonly unknown[]) => {
    try {
      return await run(...args);
    } catch (error) {
      log.error(`${name}: ${errorMessage(error)}`);
      void notify('error', texts.failed(errorMessage(error)));
      return undefined;
    }
  });
}
