// Follows edits in VS Code that Mercurial should record: renames, and saving a file without remaining conflicts. It
// only listens, and calls commands, which are loaded on first use.
import { window, workspace, type Uri } from 'vscode';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import { executeCommand } from '../common/typedCommands.ts';
import type { RepositoryLookup } from '../repositories/repositories.ts';
import { setting } from '../common/settings.ts';
import { mergeResultOf } from '../common/uris.ts';

export function followEdits(repositories: RepositoryLookup): Disposable {
  const store = new DisposableStore();
  store.add(
    workspace.onDidRenameFiles(({ files }) => {
      const named = files.filter(({ oldUri, newUri }) => repositories.of(oldUri) && repositories.of(newUri));
      if (named.length === 0 || !workspace.isTrusted) return;
      const wanted = setting('recordRenames', named[0]!.oldUri);
      if (wanted !== 'never') void executeCommand('recordRenames', named, wanted);
    }),
  );
  const offerToResolve = (uri: Uri | undefined): void => {
    const found = uri && repositories.locate(uri);
    if (uri === undefined || found?.value.model.conflicts.get(found.path)?.state !== 'unresolved') return;
    if (workspace.isTrusted) void executeCommand('offerToResolve', uri);
  };
  store.add(workspace.onDidSaveTextDocument(({ uri }) => offerToResolve(uri)));
  store.add(
    window.tabGroups.onDidChangeTabs(({ closed }) => {
      for (const { input } of closed) offerToResolve(mergeResultOf(input));
    }),
  );
  return store;
}
