// Keeps the state of subrepositories in each open repository true: it depends on their own files, which they follow.
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import type { OpenRepository } from './openRepository.ts';
import type { Repositories } from './repositories.ts';
import { subrepositoryStatus, type SubrepositoryStatus } from '../model/subrepositoryStatus.ts';
import { fileUri } from '../common/uris.ts';

export class Subrepositories implements Disposable {
  readonly #repositories: Repositories;
  readonly #store = new DisposableStore();

  constructor(repositories: Repositories) {
    this.#repositories = repositories;
    this.#store.add(
      repositories.onDidOpen(repository => {
        repository.onDidUpdate(update => {
          if (update.subrepositories !== undefined || update.reset) this.#lookAtAll(repository);
          this.#tellAround(repository);
        });
        this.#tellAround(repository);
      }),
    );
    this.#store.add(repositories.onDidClose(repository => this.#tellAround(repository)));
  }

  dispose(): void {
    this.#store.dispose();
  }

  #lookAtAll(outer: OpenRepository): void {
    const { subrepositories } = outer.model;
    const statuses = subrepositories.map(each => [each.path, this.#statusOf(outer, each.path)] as const);
    outer.setSubrepositories(new Map(statuses.flatMap(([path, status]) => (status ? [[path, status]] : []))));
  }

  /** The status of a repository may be another one for the repository around it, and so on outwards. */
  #tellAround(inner: OpenRepository): void {
    const around = this.#repositories.map.locateAround(inner.rootUri.path);
    if (around === undefined) return;
    const { value: outer, path } = around;
    const status = this.#statusOf(outer, path);
    if (status === undefined) return;
    const all = new Map(outer.model.subrepositoryStatuses).set(path, status);
    if (outer.setSubrepositories(all)) this.#tellAround(outer);
  }

  #statusOf(outer: OpenRepository, path: string): SubrepositoryStatus | undefined {
    const recorded = outer.model.subrepositories.find(each => each.path === path);
    const inner = this.#repositories.map.get(fileUri(outer.rootUri, path).path);
    return recorded && subrepositoryStatus(recorded, inner?.model, outer.system);
  }
}
