// The user's choice of files for the next commit. Mercurial has no index: this is a list of names that VS Code keeps
// for the workspace.
import type { Memento } from 'vscode';
import { DisposableStore, Emitter, type Disposable } from '../../base/lifecycle.ts';
import type { RepositoryModel } from '../model/repositoryModel.ts';

export class CommitSelection implements Disposable {
  readonly #key: string;
  readonly #memento: Memento;
  readonly #model: RepositoryModel;
  readonly #store = new DisposableStore();
  readonly #didChange = this.#store.add(new Emitter<readonly string[]>());
  readonly #paths: Set<string>;

  /** Fired with the paths that were included or excluded. */
  readonly onDidChange = this.#didChange.event;

  constructor(root: string, memento: Memento, model: RepositoryModel) {
    this.#key = `quicksilver.included:${root}`;
    this.#memento = memento;
    this.#model = model;
    const kept = memento.get<unknown>(this.#key);
    this.#paths = new Set(Array.isArray(kept) ? kept.filter(path => typeof path === 'string') : []);
  }

  has(path: string): boolean {
    return this.#paths.has(path);
  }

  /** Those that have changes, ordered. */
  get paths(): string[] {
    return [...this.#paths].filter(path => this.#model.entries.has(path)).sort();
  }

  include(paths: readonly string[]): void {
    this.#change(
      this.withPartners(paths).filter(path => !this.#paths.has(path) && this.#isChange(path)),
      true,
    );
  }

  exclude(paths: readonly string[]): void {
    this.#change(
      this.withPartners(paths).filter(path => this.#paths.has(path)),
      false,
    );
  }

  /** Excludes files without changes, so that later changes start excluded. Call it when all entries are known. */
  prune(): void {
    this.#change(
      [...this.#paths].filter(path => !this.#isChange(path)),
      false,
    );
  }

  /** A renamed file and what it was are one change: one is not committed without the other. */
  withPartners(paths: readonly string[]): string[] {
    const all = new Set(paths);
    for (const path of paths) {
      const entry = this.#model.entries.get(path);
      const source = entry?.source;
      if (entry !== undefined && source !== undefined && this.#model.shownStatus(entry) === 'renamed') all.add(source);
      if (entry?.status !== 'removed' && entry?.status !== 'deleted') continue;
      for (const copy of this.#model.copiesOf(path)) all.add(copy);
    }
    return [...all];
  }

  dispose(): void {
    this.#store.dispose();
  }

  #isChange(path: string): boolean {
    const status = this.#model.entries.get(path)?.status;
    return status !== undefined && status !== 'ignored';
  }

  #change(paths: readonly string[], included: boolean): void {
    if (paths.length === 0) return;
    for (const path of paths) {
      if (included) this.#paths.add(path);
      else this.#paths.delete(path);
    }
    void this.#memento.update(this.#key, this.#paths.size === 0 ? undefined : [...this.#paths]);
    this.#didChange.fire(paths);
  }
}
