// Registers all commands. Those that run hg are loaded when one of them is first used.
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
import { isGroup, repositoryOfArgument, uriOfArgument } from './commandArguments.ts';
import { ownManifest } from '../common/manifest.ts';
import type { CommandName, HgCommandName, InternalHgCommandName, ViewCommandName } from '../contributions/commands.ts';
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
  const handlers = viewHandlers(context, reports);
  for (const name of Object.keys(handlers) as ViewCommandName[]) {
    store.add(registerCommand(context, name, handlers[name]));
  }
  for (const name of hgCommandNames(handlers)) {
    store.add(registerCommand(context, name, async (...args) => (await lazy()).runHgCommand(context, name, args)));
  }
  const provider: TextDocumentContentProvider = {
    onDidChange: reports.didChange.event,
    provideTextDocumentContent: uri => reports.texts.get(uri.toString()),
  };
  store.add(workspace.registerTextDocumentContentProvider(DOCTOR_SCHEME, provider));
  return store;
}

const internalHgCommands: Readonly<Record<InternalHgCommandName, true>> = {
  recordRenames: true,
  offerToResolve: true,
  'graph.reveal': true,
  'fileHistory.loadMore': true,
};

/** Returns the commands that have no handler here: those of package.json, and the internal ones. */
function hgCommandNames(handlers: object): HgCommandName[] {
  const contributed = ownManifest().contributes.commands.map(({ command }) => command.replace('quicksilver.', ''));
  return [...contributed, ...Object.keys(internalHgCommands)].filter(name => !(name in handlers)) as HgCommandName[];
}

/** Gets what VS Code, a key binding or another extension hands over, which may be anything. */
type CommandRun = (...args: readonly unknown[]) => unknown;

function viewHandlers(context: CommandContext, reports: Reports): Readonly<Record<ViewCommandName, CommandRun>> {
  return {
    refresh: argument => refresh(context, argument),
    showOutput: () => context.log.show(),
    whyIgnored: async argument => (await lazy()).reports.whyIgnored(context, argument),
    doctor: async argument => (await lazy()).reports.doctor(context, reports, argument),
    copyReport: async uri => (await lazy()).reports.copyReport(reports, uri),
    openProblem: async problem => (await lazy()).reports.openProblem(problem),
    setHgPath: () => commands.executeCommand('workbench.action.openSettings', 'quicksilver.path' satisfies SettingId),
    trustWorkspace: () => commands.executeCommand('workbench.trust.manage'),
    revealInExplorer: async argument => {
      const uri = uriOfArgument(argument);
      if (uri !== undefined) await commands.executeCommand('revealInExplorer', uri);
    },
    openStaged: async uri => (await lazy()).open.openStaged(context, uri),
    openSubrepository: uri => commands.executeCommand('revealInExplorer', uri),
    openResource: async (...args) => (await lazy()).open.openResource(context, args),
    openChanges: async (...args) => (await lazy()).open.openChanges(context, args),
    openConflict: async (...args) => (await lazy()).open.openConflicts(context, args),
    openFile: async (...args) => (await lazy()).open.openFile(context, args),
    openParentVersion: async (...args) => (await lazy()).open.openParentVersion(context, args),
    compareWithSecondParent: async (...args) => (await lazy()).open.compareWithSecondParent(context, args),
    compareWithRevision: async (...args) => (await lazy()).revisions.compareWithRevision(context, args),
    compareRevisions: async (...args) => (await lazy()).revisions.compareRevisions(context, args),
    viewAllChanges: async group => {
      if (isGroup(group)) await (await lazy()).open.viewAllChanges(context, group);
    },
    revertBlock: async (...args) => (await lazy()).revert.revertBlock(context, args),
    revertSelectedLines: async () => (await lazy()).revert.revertSelectedLines(context),
  };
}

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

/** Looks for repositories, and at everything in the given one, or in all of them. */
async function refresh(context: CommandContext, argument: unknown): Promise<void> {
  await context.discovery.discover();
  const one = repositoryOfArgument(context.repositories, argument);
  const repositories = one === undefined ? context.repositories.all : [one];
  context.hints.flush();
  await Promise.all(repositories.map(({ root }) => context.client.refresh(root, 'refresh command')));
}
