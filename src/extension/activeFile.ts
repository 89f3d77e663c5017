// What menus of editors go by: the context key `quicksilver.activeFile` has the status of the file in the active editor,
// 'clean' for a tracked one without changes, and nothing for a file of no repository. VS Code's own keys do not say of which
// source control they speak.
import { commands, window } from 'vscode';
import { DisposableStore, type Disposable } from '../base/lifecycle.ts';
import { activeUri, workingFileOf } from './commandArguments.ts';
import type { OpenRepository } from './openRepository.ts';
import type { Repositories } from './repositories.ts';
import { statusPresentations } from './statusPresentation.ts';

export class ActiveFile implements Disposable {
  readonly #repositories: Repositories;
  readonly #store = new DisposableStore();
  #told: string | undefined;

  constructor(repositories: Repositories) {
    this.#repositories = repositories;
    const tell = (): void => this.#tell();
    this.#store.add(window.tabGroups.onDidChangeTabs(tell));
    this.#store.add(window.tabGroups.onDidChangeTabGroups(tell));
    this.#store.add(window.onDidChangeActiveTextEditor(tell));
    this.#store.add(repositories.onDidClose(tell));
    this.#store.add(
      repositories.onDidOpen(repository => {
        repository.onDidUpdate(tell);
        tell();
      }),
    );
  }

  dispose(): void {
    this.#store.dispose();
  }

  #tell(): void {
    const status = this.#status();
    if (status === this.#told) return;
    this.#told = status;
    void commands.executeCommand('setContext', 'quicksilver.activeFile', status);
  }

  #status(): string | undefined {
    const uri = activeUri();
    const file = uri && workingFileOf(this.#repositories, uri);
    return file && contextOf(file.repository, file.path);
  }
}

function contextOf({ model }: OpenRepository, path: string): string {
  const status = model.statusAt(path);
  return status === undefined ? 'clean' : statusPresentations[status].contextValue;
}
