// The commands of package.json.
import {
  commands,
  EventEmitter,
  window,
  workspace,
  type ExtensionContext,
  type LogOutputChannel,
  type TextDocumentContentProvider,
  type Uri,
} from 'vscode';
import { errorMessage } from '../base/errors.ts';
import { DisposableStore, type Disposable } from '../base/lifecycle.ts';
import { isGroup, repositoryOfArgument } from './commandArguments.ts';
import type { Discovery } from './discovery.ts';
import type { EngineClient } from './engineClient.ts';
import type { HintSources } from './hintSources.ts';
import type { Repositories } from './repositories.ts';
import { lazy } from './lazy.ts';
import { texts } from './texts.ts';

/** Of the documents that the doctor writes. */
export const DOCTOR_SCHEME = 'quicksilver-doctor';

export interface CommandContext {
  readonly client: EngineClient;
  readonly repositories: Repositories;
  readonly discovery: Discovery;
  readonly hints: HintSources;
  readonly log: LogOutputChannel;
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
  const register = (name: string, run: CommandRun): void => {
    store.add(registerCommand(context, name, run));
  };
  register('refresh', argument => refresh(context, argument));
  register('showOutput', () => context.log.show());
  register('whyIgnored', async argument => (await lazy()).reports.whyIgnored(context, argument));
  register('doctor', async argument => (await lazy()).reports.doctor(context, reports, argument));
  register('copyReport', async uri => (await lazy()).reports.copyReport(reports, uri));
  register('openProblem', async (file, line) => (await lazy()).reports.openProblem(context, file, line));
  register('openSubrepository', uri => commands.executeCommand('revealInExplorer', uri));
  register('openResource', async (...args) => (await lazy()).open.openResource(context, args));
  register('openChanges', async (...args) => (await lazy()).open.openChanges(context, args));
  register('openConflict', async (...args) => (await lazy()).open.openConflicts(context, args));
  register('openFile', async (...args) => (await lazy()).open.openFile(context, args));
  register('openParentVersion', async (...args) => (await lazy()).open.openParentVersion(context, args));
  register('compareWithSecondParent', async (...args) => (await lazy()).open.compareWithSecondParent(context, args));
  register('compareWithRevision', async (...args) => (await lazy()).revisions.compareWithRevision(context, args));
  register('compareRevisions', async (...args) => (await lazy()).revisions.compareRevisions(context, args));
  register('viewAllChanges', async group => {
    if (isGroup(group)) await (await lazy()).open.viewAllChanges(context, group);
  });
  register('revertBlock', async (...args) => (await lazy()).revert.revertBlock(context, args));
  register('revertSelectedLines', async () => (await lazy()).revert.revertSelectedLines(context));
  const provider: TextDocumentContentProvider = {
    onDidChange: reports.didChange.event,
    provideTextDocumentContent: uri => reports.texts.get(uri.toString()),
  };
  store.add(workspace.registerTextDocumentContentProvider(DOCTOR_SCHEME, provider));
  return store;
}

type CommandRun = (...args: readonly unknown[]) => unknown;

/** Tells what goes wrong. @param name without 'quicksilver.' */
export function registerCommand({ log }: CommandContext, name: string, run: CommandRun): Disposable {
  return commands.registerCommand(`quicksilver.${name}`, async (...args: readonly unknown[]) => {
    try {
      return await run(...args);
    } catch (error) {
      log.error(`${name}: ${errorMessage(error)}`);
      void window.showErrorMessage(texts.failed(errorMessage(error)));
      return undefined;
    }
  });
}

/** Looks for repositories, and at everything in the given one, or in all of them. */
async function refresh(context: CommandContext, argument: unknown): Promise<void> {
  await context.discovery.look();
  const one = repositoryOfArgument(context.repositories, argument);
  const repositories = one === undefined ? context.repositories.all : [one];
  context.hints.flush();
  await Promise.all(repositories.map(({ root }) => context.client.refresh(root, 'refresh command')));
}
