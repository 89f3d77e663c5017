// The commands of package.json.
import {
  commands,
  EventEmitter,
  Position,
  Range,
  Uri,
  window,
  workspace,
  type LogOutputChannel,
  type TextDocumentContentProvider,
} from 'vscode';
import { errorMessage } from '../base/errors.ts';
import { DisposableStore, type Disposable } from '../base/lifecycle.ts';
import type { IgnoreExplanation } from '../server/protocol.ts';
import { isGroup, repositoryOfArgument, uriOfArgument } from './commandArguments.ts';
import type { Discovery } from './discovery.ts';
import type { EngineClient } from './engineClient.ts';
import type { HintSources } from './hintSources.ts';
import type { OpenRepository } from './openRepository.ts';
import type { Repositories } from './repositories.ts';
import { lazy } from './lazy.ts';
import { texts } from './texts.ts';

const DOCTOR_SCHEME = 'quicksilver-doctor';

export interface CommandContext {
  readonly client: EngineClient;
  readonly repositories: Repositories;
  readonly discovery: Discovery;
  readonly hints: HintSources;
  readonly log: LogOutputChannel;
}

/** The reports of the doctor, by their URIs. */
interface Reports {
  readonly texts: Map<string, string>;
  readonly didChange: EventEmitter<Uri>;
}

export function registerCommands(context: CommandContext): Disposable {
  const store = new DisposableStore();
  const reports: Reports = { texts: new Map(), didChange: store.add(new EventEmitter<Uri>()) };
  const register = (name: string, run: (...args: readonly unknown[]) => unknown): void => {
    store.add(
      commands.registerCommand(`quicksilver.${name}`, async (...args: readonly unknown[]) => {
        try {
          return await run(...args);
        } catch (error) {
          context.log.error(`${name}: ${errorMessage(error)}`);
          void window.showErrorMessage(texts.failed(errorMessage(error)));
          return undefined;
        }
      }),
    );
  };
  register('refresh', argument => refresh(context, argument));
  register('showOutput', () => context.log.show());
  register('whyIgnored', argument => whyIgnored(context, argument));
  register('doctor', argument => doctor(context, reports, argument));
  register('openProblem', (file, line) => openProblem(context, file, line));
  register('openResource', async (...args) => (await lazy()).open.openResource(context, args));
  register('openChanges', async (...args) => (await lazy()).open.openChanges(context, args));
  register('openConflict', async (...args) => (await lazy()).open.openConflicts(context, args));
  register('openFile', async (...args) => (await lazy()).open.openFile(context, args));
  register('openParentVersion', async (...args) => (await lazy()).open.openParentVersion(context, args));
  register('compareWithSecondParent', async (...args) => (await lazy()).open.compareWithSecondParent(context, args));
  register('compareWithRevision', async (...args) => (await lazy()).revisions.compareWithRevision(context, args));
  register('compareRevisions', async (...args) => {
    await (await lazy()).revisions.compareRevisions(context, args, () => pickRepository(context));
  });
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

/** Looks for repositories, and at everything in the given one, or in all of them. */
async function refresh(context: CommandContext, argument: unknown): Promise<void> {
  await context.discovery.look();
  const one = repositoryOfArgument(context.repositories, argument);
  const repositories = one === undefined ? context.repositories.all : [one];
  context.hints.flush();
  await Promise.all(repositories.map(({ root }) => context.client.refresh(root, 'refresh command')));
}

/** Tells which rule ignores a file, and offers to open it. Returns the rule, or null if the file is not ignored. */
async function whyIgnored(context: CommandContext, argument: unknown): Promise<IgnoreExplanation | null | undefined> {
  const uri = uriOfArgument(argument) ?? window.activeTextEditor?.document.uri;
  if (uri === undefined) {
    void window.showInformationMessage(texts.whyIgnored.noFile());
    return undefined;
  }
  const found = uri.scheme === 'file' ? context.repositories.map.locate(uri.path) : undefined;
  if (found === undefined) {
    void window.showInformationMessage(texts.whyIgnored.outside(workspace.asRelativePath(uri)));
    return undefined;
  }
  context.hints.flush();
  const why = await context.client.explainIgnored(found.value.root, found.path);
  if (why === null) void window.showInformationMessage(texts.whyIgnored.notIgnored(found.path));
  // Not awaited: the command is done when the answer is known, however long the message stays.
  else void showRule(found.path, why);
  return why;
}

async function showRule(path: string, why: IgnoreExplanation): Promise<void> {
  const file = workspace.asRelativePath(why.file);
  const message =
    why.matchedPath === path
      ? texts.whyIgnored.byRule(path, why.text, file, why.line)
      : texts.whyIgnored.byFolder(path, why.matchedPath, why.text, file, why.line);
  const choice = await window.showInformationMessage(message, texts.openRule());
  if (choice !== undefined) await openAt(why.file, why.line);
}

/** Opens a report on a repository. The real `hg` takes part in a trusted workspace only. Returns the report's URI. */
async function doctor(context: CommandContext, reports: Reports, argument: unknown): Promise<Uri | undefined> {
  const repository = repositoryOfArgument(context.repositories, argument) ?? (await pickRepository(context));
  if (repository === undefined) return undefined;
  const report = await context.client.doctor(repository.root, workspace.isTrusted);
  const uri = Uri.from({ scheme: DOCTOR_SCHEME, path: `/${texts.doctorTitle(repository.name)}.md` });
  reports.texts.set(uri.toString(), report);
  // A report of this repository may be open already.
  reports.didChange.fire(uri);
  try {
    await commands.executeCommand('markdown.showPreview', uri);
  } catch (error) {
    context.log.debug(`no preview of Markdown: ${errorMessage(error)}`);
    await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
  }
  return uri;
}

async function openProblem(context: CommandContext, file: unknown, line: unknown): Promise<void> {
  if (typeof file === 'string') await openAt(file, typeof line === 'number' ? line : 1);
  else context.log.show();
}

async function openAt(file: string, line: number): Promise<void> {
  const position = new Position(Math.max(0, line - 1), 0);
  await window.showTextDocument(Uri.file(file), { selection: new Range(position, position) });
}

async function pickRepository(context: CommandContext): Promise<OpenRepository | undefined> {
  const { all } = context.repositories;
  if (all.length === 0) void window.showInformationMessage(texts.noRepository());
  if (all.length <= 1) return all[0];
  const items = all.map(repository => ({ label: repository.name, description: repository.root, repository }));
  return (await window.showQuickPick(items, { placeHolder: texts.pickRepository() }))?.repository;
}
