// The open repositories of one system.
import type { Uri } from 'vscode';
import type { SystemKind } from '../../base/repositoryState.ts';
import type { Disposable } from '../../base/lifecycle.ts';
import type { Located } from '../common/rootMap.ts';
import type { OpenRepository } from './openRepository.ts';
import type { RepositoryLookup } from './repositories.ts';

type Listener = (repository: OpenRepository) => void;

export class RepositoriesOfSystem implements RepositoryLookup {
  readonly #all: RepositoryLookup;
  readonly #system: SystemKind;

  constructor(all: RepositoryLookup, system: SystemKind) {
    this.#all = all;
    this.#system = system;
  }

  /** Knows the paths through symbolic links of every system. */
  get map(): RepositoryLookup['map'] {
    return this.#all.map;
  }

  get all(): readonly OpenRepository[] {
    return this.#all.all.filter(repository => this.#isOwn(repository));
  }

  get(root: string): OpenRepository | undefined {
    const found = this.#all.get(root);
    return found !== undefined && this.#isOwn(found) ? found : undefined;
  }

  /** Undefined for a file whose deepest repository is one of another system. */
  of(uri: Uri): OpenRepository | undefined {
    return this.locate(uri)?.value;
  }

  locate(uri: Uri): Located<OpenRepository> | undefined {
    const found = this.#all.locate(uri);
    return found !== undefined && this.#isOwn(found.value) ? found : undefined;
  }

  readonly onDidOpen = (listener: Listener): Disposable => this.#all.onDidOpen(this.#ofOwn(listener));
  readonly onDidClose = (listener: Listener): Disposable => this.#all.onDidClose(this.#ofOwn(listener));

  #isOwn({ system }: OpenRepository): boolean {
    return system === this.#system;
  }

  #ofOwn(listener: Listener): Listener {
    return repository => {
      if (this.#isOwn(repository)) listener(repository);
    };
  }
}
