// Keeps the context keys about the active file and about unfinished operations up to date.
import { window } from 'vscode';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import { activeUri, workingFileOf } from './commandArguments.ts';
import { contextKeys } from '../common/contextKeys.ts';
import { scheduleAfter } from '../common/slicedQueue.ts';
import { fileUri } from '../common/uris.ts';
import type { ContextKeyName, ContextKeyValues } from '../contributions/contextKeys.ts';
import { isNullNode } from '../common/changesetIds.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';
import type { RepositoryLookup } from '../repositories/repositories.ts';
import { statusPresentations } from '../model/statusPresentation.ts';

/** The list goes to the window as a whole, at most once in so many milliseconds. */
const MOST_IGNORED = 500;
const IGNORED_PAUSE = 1000;

export class ContextKeys implements Disposable {
  readonly #repositories: RepositoryLookup;
  readonly #onFirstMerge: () => Promise<void>;
  #firstMerge: Promise<void> | undefined;
  readonly #store = new DisposableStore();
  readonly #sent = new Map<string, unknown>();
  #ignoredPause: Disposable | undefined;
  #ignoredKey = '';

  /** @param onFirstMerge awaited before `quicksilver.merging` is first set: what goes by it must be there */
  constructor(repositories: RepositoryLookup, onFirstMerge: () => Promise<void>) {
    this.#repositories = repositories;
    this.#onFirstMerge = onFirstMerge;
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
    this.#ignoredPause?.dispose();
    this.#store.dispose();
  }

  #tell(): void {
    // The commands that go by these keys are those of Mercurial.
    const all = this.#repositories.all.filter(isHg);
    const uri = activeUri();
    const file = uri && workingFileOf(this.#repositories, uri);
    this.#set('activeFile', file && isHg(file.repository) ? contextOf(file.repository, file.path) : undefined);
    const here = file && isHg(file.repository) ? file.repository.model.head?.operation : undefined;
    this.#set('operation', here ?? all.map(({ model }) => model.head?.operation).find(each => each !== undefined));
    const unfinished = all.filter(({ model }) => model.head?.operation !== undefined);
    // As URIs: in a remote window VS Code uses other URIs than we do, and turns these into texts on arrival.
    this.#set(
      'unfinishedRoots',
      unfinished.map(({ rootUri }) => rootUri),
      unfinished.map(({ root }) => root).join('\n'),
    );
    this.#sendIgnored();
    if (all.some(isMerging)) this.#firstMerge ??= this.#onFirstMerge();
    if (this.#firstMerge !== undefined) void this.#firstMerge.then(() => this.#set('merging', all.some(isMerging)));
  }

  #sendIgnored(): void {
    const { all } = this.#repositories;
    const key = all.map(({ root, model }) => `${root} ${model.ignoredChanges}`).join('\n');
    if (key === this.#ignoredKey || this.#ignoredPause !== undefined) return;
    this.#ignoredKey = key;
    this.#ignoredPause = scheduleAfter(IGNORED_PAUSE, () => {
      this.#ignoredPause = undefined;
      this.#sendIgnored();
    });
    const count = all.reduce((sum, { model }) => sum + model.ignored.size, 0);
    const isMany = count > MOST_IGNORED;
    const listed = isMany
      ? []
      : all.flatMap(({ rootUri, model }) => [...model.ignored].map(path => fileUri(rootUri, path)));
    this.#set('manyIgnored', isMany);
    this.#set('ignoredResources', listed, isMany ? '' : key);
  }

  /** @param key equal for equal values */
  #set<K extends ContextKeyName>(name: K, value: ContextKeyValues[K], key: unknown = value): void {
    if (this.#sent.has(name) && this.#sent.get(name) === key) return;
    this.#sent.set(name, key);
    void contextKeys.set(name, value);
  }
}

function isHg({ system }: OpenRepository): boolean {
  return system === 'hg';
}

/** True if the working copy has two parents. */
export function isMerging({ model }: OpenRepository): boolean {
  return model.head !== undefined && !isNullNode(model.head.secondParent);
}

function contextOf({ model }: OpenRepository, path: string): ContextKeyValues['activeFile'] {
  const status = model.statusAt(path);
  return status === undefined ? 'clean' : statusPresentations[status].contextValue;
}
