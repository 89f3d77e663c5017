// Sends hints from every file event of VS Code. A hint only means that something may have happened at a path.
import { RelativePattern, window, workspace, type Uri } from 'vscode';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { HintBatcher } from '../engine/hintBatcher.ts';
import type { OpenRepository } from './openRepository.ts';
import type { Repositories } from './repositories.ts';
import { controlDirectoryEvent, isAtOrBelowKey } from '../common/rootMap.ts';
import { scheduleImmediate } from '../common/slicedQueue.ts';
import { uriKey } from '../common/uris.ts';

export class HintSources implements Disposable {
  readonly #repositories: Repositories;
  readonly #store = new DisposableStore();
  readonly #watchers = new Map<OpenRepository, Disposable>();
  readonly #batcher: HintBatcher;

  constructor(client: EngineClient, repositories: Repositories) {
    this.#repositories = repositories;
    this.#batcher = this.#store.add(
      new HintBatcher({
        send: (root, paths) => client.hint(root, paths),
        atEndOfTurn: queueMicrotask,
        later: scheduleImmediate,
      }),
    );
    this.#store.add(repositories.onDidOpen(repository => this.#watch(repository)));
    this.#store.add(repositories.onDidClose(repository => this.#unwatch(repository)));
    // VS Code reports its own changes at once; its file watcher is a tenth of a second later.
    this.#store.add(workspace.onDidSaveTextDocument(({ uri }) => this.#now([uri])));
    this.#store.add(workspace.onDidSaveNotebookDocument(({ uri }) => this.#now([uri])));
    this.#store.add(workspace.onDidCreateFiles(({ files }) => this.#now(files)));
    this.#store.add(workspace.onDidDeleteFiles(({ files }) => this.#now(files, files)));
    this.#store.add(
      workspace.onDidRenameFiles(({ files }) => {
        const gone = files.map(({ oldUri }) => oldUri);
        this.#now([...gone, ...files.map(({ newUri }) => newUri)], gone);
      }),
    );
    this.#store.add(window.onDidChangeWindowState(({ focused }) => client.focus(focused)));
    client.focus(window.state.focused);
  }

  /** All hints that wait are sent now. */
  flush(): void {
    this.#batcher.flush();
  }

  dispose(): void {
    for (const watcher of this.#watchers.values()) watcher.dispose();
    this.#watchers.clear();
    this.#store.dispose();
  }

  #watch(repository: OpenRepository): void {
    const store = new DisposableStore();
    const watcher = store.add(workspace.createFileSystemWatcher(new RelativePattern(repository.rootUri, '**')));
    const hint = (uri: Uri): void => this.#hint(uri);
    store.add(watcher.onDidChange(hint));
    store.add(watcher.onDidCreate(hint));
    store.add(
      watcher.onDidDelete(uri => {
        this.#hint(uri);
        this.#hintBelow(uri);
      }),
    );
    this.#watchers.set(repository, store);
  }

  #unwatch(repository: OpenRepository): void {
    this.#watchers.get(repository)?.dispose();
    this.#watchers.delete(repository);
    this.#batcher.drop(repository.root);
    // Files of a closed repository now belong to the repository around it, which has not scanned them.
    const outer = this.#repositories.map.locate(repository.rootUri.path);
    if (outer !== undefined) this.#batcher.add(outer.value.root, outer.path);
  }

  /** When a folder goes, nothing is reported of what is in it: repositories in it may be gone. */
  #hintBelow(uri: Uri): void {
    const folder = uriKey(uri);
    for (const { root, rootUri } of this.#repositories.all) {
      if (isAtOrBelowKey(uriKey(rootUri), folder)) this.#batcher.add(root, '');
    }
  }

  #now(uris: readonly Uri[], gone: readonly Uri[] = []): void {
    for (const uri of uris) this.#hint(uri);
    for (const uri of gone) this.#hintBelow(uri);
    this.#batcher.flush();
  }

  #hint(uri: Uri): void {
    const found = this.#repositories.locate(uri);
    if (found === undefined) return;
    const control = controlDirectoryEvent(found.path);
    if (control === undefined) {
      this.#batcher.add(found.value.root, found.path);
      return;
    }
    // The engine itself watches the contents of `.hg`. A new or removed `.hg` concerns the repository around it: the
    // folder is a nested repository now, or no longer.
    if (!control.itself) return;
    if (control.parent !== '') {
      this.#batcher.add(found.value.root, control.parent);
      return;
    }
    const around = this.#repositories.map.locateAround(found.value.rootUri.path);
    if (around !== undefined) this.#batcher.add(around.value.root, around.path);
  }
}
