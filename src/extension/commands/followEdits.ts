// Follows edits in VS Code that Mercurial should record: renames, and saving a file without remaining conflicts. It
// only listens, and calls commands, which are loaded on first use.
import { workspace } from 'vscode';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import { executeCommand } from '../common/typedCommands.ts';
import type { Repositories } from '../repositories/repositories.ts';
import { setting } from '../common/settings.ts';

export function followEdits(repositories: Repositories): Disposable {
  const store = new DisposableStore();
  store.add(
    workspace.onDidRenameFiles(({ files }) => {
      const named = files.filter(({ oldUri, newUri }) => {
        const repository = repositories.of(oldUri);
        return repository !== undefined && repository === repositories.of(newUri);
      });
      if (named.length === 0 || !workspace.isTrusted) return;
      const wanted = setting('recordRenames', named[0]!.oldUri);
      if (wanted !== 'never') void executeCommand('recordRenames', named, wanted);
    }),
  );
  store.add(
    workspace.onDidSaveTextDocument(({ uri }) => {
      const found = repositories.locate(uri);
      if (found?.value.model.conflicts.get(found.path)?.state !== 'unresolved' || !workspace.isTrusted) return;
      void executeCommand('offerToResolve', uri);
    }),
  );
  return store;
}
