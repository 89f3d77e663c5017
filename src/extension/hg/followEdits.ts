// What a person does to files in VS Code itself that Mercurial should know of: renames, and saving a file whose conflicts
// are dealt with. Only listens; what is to be done is a command, which is loaded when it is first needed.
import { commands, workspace } from 'vscode';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import type { Repositories } from '../repositories.ts';
import { choiceFor } from '../settings.ts';

export function followEdits(repositories: Repositories): Disposable {
  const store = new DisposableStore();
  store.add(
    workspace.onDidRenameFiles(({ files }) => {
      const named = files.filter(({ oldUri, newUri }) => {
        const repository = repositories.of(oldUri);
        return repository !== undefined && repository === repositories.of(newUri);
      });
      if (named.length === 0 || !workspace.isTrusted) return;
      const wanted = choiceFor(named[0]!.oldUri, 'recordRenames', ['always', 'ask', 'never'], 'always');
      if (wanted !== 'never') void commands.executeCommand('quicksilver.recordRenames', named, wanted);
    }),
  );
  store.add(
    workspace.onDidSaveTextDocument(({ uri }) => {
      const found = repositories.locate(uri);
      if (found?.value.model.conflicts.get(found.path)?.state !== 'unresolved' || !workspace.isTrusted) return;
      void commands.executeCommand('quicksilver.offerToResolve', uri);
    }),
  );
  return store;
}
