// Colors and letters of files in the tree, in tabs and in the rows of the Source Control view.
import { EventEmitter, window, type FileDecoration, type FileDecorationProvider, type Uri } from 'vscode';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import { fileColor } from '../common/fileColors.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';
import { REMEMBERED_ANSWERS } from '../model/decorationTracker.ts';
import { fileDecoration } from '../common/display.ts';
import type { Located, RootMap } from '../common/rootMap.ts';
import type { SystemKind } from '../../base/repositoryState.ts';
import { letterOf, statusPresentations, type ShownStatus } from '../model/statusPresentation.ts';
import { statusText } from '../scm/scmStrings.ts';
import { fileUri, uriKey } from '../common/uris.ts';

/** VS Code ignores some files of an event with more than this. */
const FILES_PER_EVENT = 250;

export class Decorations implements FileDecorationProvider, Disposable {
  readonly #repositories: RootMap<OpenRepository>;
  readonly #store = new DisposableStore();
  readonly #didChange = this.#store.add(new EventEmitter<Uri[] | undefined>());
  /** URIs outside of all repositories that VS Code has asked about. */
  readonly #outside = new Map<string, Uri>();
  /** One object per status: thousands of files share it. */
  readonly #made = new Map<string, FileDecoration>();
  #registration: Disposable | undefined;

  readonly onDidChangeFileDecorations = this.#didChange.event;

  constructor(repositories: RootMap<OpenRepository>, enabled: boolean) {
    this.#repositories = repositories;
    this.setEnabled(enabled);
  }

  setEnabled(enabled: boolean): void {
    if (enabled === (this.#registration !== undefined)) return;
    this.#registration?.dispose();
    this.#registration = enabled ? window.registerFileDecorationProvider(this) : undefined;
    // A new registration is asked about everything anew.
    this.#startOver();
  }

  /** Has VS Code ask again about everything, because colors have changed. */
  colorsChanged(): void {
    this.#made.clear();
    this.#startOver();
  }

  provideFileDecoration(uri: Uri): FileDecoration | undefined {
    if (uri.scheme !== 'file') return undefined;
    const found = this.#repositories.locate(uri.path);
    if (found === undefined) {
      this.#outside.set(uriKey(uri), uri);
      if (this.#outside.size > REMEMBERED_ANSWERS) this.#startOver();
      return undefined;
    }
    const asked = this.#asked(uri, found);
    return asked && this.#decoration(asked.value.tracker.ask(asked.path), asked.value.system);
  }

  /** Returns the decoration of a file without a question of VS Code. */
  peek(uri: Uri): FileDecoration | undefined {
    if (this.#registration === undefined) return undefined;
    const asked = this.#asked(uri, this.#repositories.locate(uri.path));
    return asked && this.#decoration(asked.value.decorated(asked.path), asked.value.system);
  }

  /** Has VS Code ask again about these files of a repository, or about everything. */
  changed(repository: OpenRepository, paths: readonly string[], all: boolean): void {
    if (this.#registration === undefined) return;
    if (all) this.#startOver();
    else this.#fire(paths.flatMap(path => this.#spellings(repository, path)));
  }

  /** A repository has opened: answers about files below its root are void. */
  opened(repository: OpenRepository): void {
    const uris: Uri[] = [];
    for (const [key, uri] of this.#outside) {
      if (this.#repositories.locate(key)?.value !== repository) continue;
      uris.push(uri);
      this.#outside.delete(key);
    }
    const around = this.#repositories.locateAround(repository.rootUri.path);
    if (around !== undefined) {
      const { tracker, rootUri } = around.value;
      for (const path of tracker.forgetBelow(around.path)) uris.push(fileUri(rootUri, path));
    }
    this.#fire(uris);
  }

  closed(repository: OpenRepository): void {
    this.#fire(repository.tracker.forgetBelow('').flatMap(path => this.#spellings(repository, path)));
  }

  dispose(): void {
    this.#registration?.dispose();
    this.#store.dispose();
  }

  /** The URIs by which VS Code may know a file: also those through symbolic links. */
  #spellings({ rootUri }: OpenRepository, path: string): Uri[] {
    const uri = fileUri(rootUri, path);
    return [uri, ...this.#repositories.aliasesOf(uriKey(uri)).map(alias => uri.with({ path: alias }))];
  }

  #fire(uris: readonly Uri[]): void {
    if (this.#registration === undefined) return;
    for (let start = 0; start < uris.length; start += FILES_PER_EVENT) {
      this.#didChange.fire(uris.slice(start, start + FILES_PER_EVENT));
    }
  }

  /** Lets VS Code forget everything, and announces the files that color folders again. */
  #startOver(): void {
    this.#outside.clear();
    for (const repository of this.#repositories.values()) repository.tracker.forget();
    if (this.#registration === undefined) return;
    this.#didChange.fire(undefined);
    for (const repository of this.#repositories.values()) repository.announce();
  }

  /** The root of a repository has a status if it is a subrepository: in the repository around it. */
  #asked(uri: Uri, found: Located<OpenRepository> | undefined): Located<OpenRepository> | undefined {
    return found?.path === '' ? this.#repositories.locateAround(uri.path) : found;
  }

  #decoration(status: ShownStatus | undefined, system: SystemKind): FileDecoration | undefined {
    if (status === undefined) return undefined;
    const key = `${system} ${status}`;
    let decoration = this.#made.get(key);
    if (decoration === undefined) {
      const { color, propagate } = statusPresentations[status];
      const letter = letterOf(status, system);
      decoration = fileDecoration(letter === '' ? undefined : letter, statusText(status), fileColor(color));
      decoration.propagate = propagate;
      this.#made.set(key, decoration);
    }
    return decoration;
  }
}
