// The extension's entry. It starts the parts and connects them; nothing here waits for the disk or for the engine.
import path from 'node:path';
import { workspace, type ExtensionContext, ExtensionMode } from 'vscode';
import type { QuicksilverExports } from './api/api.ts';
import { contextKeys } from './common/contextKeys.ts';
import { onDidChangeFileColors } from './common/fileColors.ts';
import { registerCommands } from './commands/commands.ts';
import { ContentFileSystem } from './providers/contentFileSystem.ts';
import { ContextKeys } from './commands/contextKeys.ts';
import { Decorations } from './providers/decorations.ts';
import { Discovery } from './repositories/discovery.ts';
import { createLog, notify } from './common/display.ts';
import { EngineClient } from './engine/engineClient.ts';
import { startWorker } from './engine/engineTransport.ts';
import { createExports } from './api/exports.ts';
import { followHg, updateHgAvailability } from './commands/registerHgCommands.ts';
import { HintSources } from './repositories/hintSources.ts';
import { lazy } from './common/lazy.ts';
import { BaseQuickDiff } from './providers/quickDiff.ts';
import { Repositories } from './repositories/repositories.ts';
import { affects, hgPolicy, setting } from './common/settings.ts';
import { scheduleAfter } from './common/slicedQueue.ts';
import { forgetRowDecorations } from './scm/sourceControlRows.ts';
import { Subrepositories } from './repositories/subrepositories.ts';
import { texts } from './scm/scmStrings.ts';

/**
 * Activates the extension. The activation event `workspaceContains:.hg` is a single stat. It starts us early where a
 * folder is a repository's root.
 *
 * No activation event can find other repositories: above the folder, below it, or around a file in an editor. (VS Code
 * searches for glob patterns with its excludes, and these contain `.hg`.) So `onStartupFinished` covers them. Without a
 * repository it costs a few directory reads in another thread, which then ends.
 */
export function activate(context: ExtensionContext): QuicksilverExports | Promise<QuicksilverExports> {
  const log = createLog('Quicksilver');
  const client = new EngineClient({
    start: () => startWorker(path.join(context.extensionPath, 'dist', 'worker.cjs'), log),
    log,
    ask: async (asked, token) => (await lazy()).answerHg(asked, token),
    schedule: scheduleAfter,
    now: () => performance.now(),
  });
  ended = client.ended;
  let decorations: Decorations | undefined = undefined;
  const repositories: Repositories = new Repositories(
    client,
    log,
    (repository, paths, all) => decorations?.changed(repository, paths, all),
    context.workspaceState,
  );
  decorations = new Decorations(repositories.map, setting('decorations.enabled'));
  client.setHgPolicy(hgPolicy());
  const hints = new HintSources(client, repositories);
  const discovery = new Discovery(client, repositories, log);
  const parts = { client, repositories, discovery, hints, log, extension: context };

  void contextKeys.set('state', 'initializing');
  const initialized = discovery.discover().then(async () => {
    await contextKeys.set('state', 'initialized');
  });
  const contents = new ContentFileSystem({ ...parts, initialized });
  const exports = createExports({ ...parts, initialized });
  const shownDecorations = decorations;
  let isReported = false;
  context.subscriptions.push(
    registerCommands(parts),
    followHg(parts),
    exports,
    discovery,
    hints,
    decorations,
    contents,
    new ContextKeys(repositories, async () => {
      const { MergeView } = await lazy();
      context.subscriptions.push(new MergeView(parts));
    }),
    new Subrepositories(repositories),
    repositories.onDidOpen(repository => {
      shownDecorations.opened(repository);
      repository.view.sourceControl.quickDiffProvider = new BaseQuickDiff(parts, repository);
    }),
    repositories.onDidAlias(repository => shownDecorations.opened(repository)),
    repositories.onDidClose(repository => shownDecorations.closed(repository)),
    workspace.onDidChangeConfiguration(event => {
      if (affects(event, 'decorations.enabled')) shownDecorations.setEnabled(setting('decorations.enabled'));
      if (!affects(event, 'fallbackToHg', 'path')) return;
      client.setHgPolicy(hgPolicy());
      void updateHgAvailability(parts);
    }),
    onDidChangeFileColors(() => {
      shownDecorations.colorsChanged();
      forgetRowDecorations();
      for (const repository of repositories.all) repository.view.remakeRows();
    }),
    workspace.onDidGrantWorkspaceTrust(() => {
      client.setHgPolicy(hgPolicy());
      void updateHgAvailability(parts);
      // Why there was no status is worded anew.
      for (const repository of repositories.all) repository.view.summary.show();
    }),
    client.onDidDie(() => {
      if (isReported) return;
      isReported = true;
      void notify('warning', texts.engineDied(), texts.showOutput()).then(choice =>
        choice === undefined ? undefined : log.show(),
      );
    }),
    // Disposed of in this order: what others write to comes last.
    repositories,
    client,
    log,
  );
  if (context.extensionMode !== ExtensionMode.Test) return exports;
  return import('./api/testDoor.ts').then(({ withTestDoor }) =>
    withTestDoor(exports, { ...parts, decorations: shownDecorations, contents }),
  );
}

let ended: Promise<void> | undefined;

/** VS Code gives this some seconds: a command that was begun is let finish, if it can in that time. */
export async function deactivate(): Promise<void> {
  await ended;
}
