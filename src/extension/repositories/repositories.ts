// The open repositories: opens and closes them, and passes on the engine's updates.
import { TabInputText, Uri, window, workspace, type Memento } from 'vscode';
import type { Log } from '../common/display.ts';
import { errorMessage } from '../../base/errors.ts';
import { DisposableStore, Emitter, type Disposable } from '../../base/lifecycle.ts';
import type { FoundRepository, LocatedRepository, RepositoryUpdate } from '../../server/protocol.ts';
import { contextKeys } from '../common/contextKeys.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { OpenRepository } from './openRepository.ts';
import { NO_COUNTS } from '../model/repositoryModel.ts';
import { RootMap, type Located } from '../common/rootMap.ts';
import { affects, engineSettings } from '../common/settings.ts';
import { texts } from '../scm/scmStrings.ts';
import { fileUri } from '../common/uris.ts';

/** After so many deaths in a row the engine is not merely late, and what is shown may be old. */
const DEATHS_UNTIL_DOWN = 3;

export type DecorationsChanged = (repository: OpenRepository, paths: readonly string[], all: boolean) => void;

/** The open repositories as commands see them. */
export type RepositoryLookup = Pick<Repositories, 'all' | 'map' | 'get' | 'of' | 'locate' | 'onDidOpen' | 'onDidClose'>;

export class Repositories implements Disposable {
  readonly map = new RootMap<OpenRepository>();
  readonly #client: EngineClient;
  readonly #log: Log;
  readonly #decorationsChanged: DecorationsChanged;
  readonly #memento: Memento;
  readonly #byRoot = new Map<string, OpenRepository>();
  /** By the root without symbolic links, where that is known. */
  readonly #byId = new Map<string, OpenRepository>();
  readonly #store = new DisposableStore();
  readonly #didOpen = this.#store.add(new Emitter<OpenRepository>());
  readonly #didClose = this.#store.add(new Emitter<OpenRepository>());
  readonly #didVanish = this.#store.add(new Emitter<string>());
  readonly #didFindNested = this.#store.add(new Emitter<readonly FoundRepository[]>());

  readonly #didAlias = this.#store.add(new Emitter<OpenRepository>());

  readonly onDidOpen = this.#didOpen.event;
  /** Files of an open repository have further paths, through symbolic links. */
  readonly onDidAlias = this.#didAlias.event;
  readonly onDidClose = this.#didClose.event;
  /** A repository was closed because it is no longer there; the value is its root. */
  readonly onDidVanish = this.#didVanish.event;
  /** Repositories inside of one that is followed, or that are its subrepositories. */
  readonly onDidFindNested = this.#didFindNested.event;

  /** @param memento keeps the user's choices in a repository */
  constructor(client: EngineClient, log: Log, decorationsChanged: DecorationsChanged, memento: Memento) {
    this.#client = client;
    this.#log = log;
    this.#decorationsChanged = decorationsChanged;
    this.#memento = memento;
    this.#store.add(client.onDidUpdate(update => this.#apply(update)));
    this.#store.add(client.onDidDie(({ reason, deaths }) => this.#engineDied(reason, deaths)));
    this.#store.add(
      workspace.onDidChangeConfiguration(event => {
        if (affects(event, 'auditInterval', 'watcherShare')) {
          for (const repository of this.all) void this.#followAnew(repository);
        }
        if (!affects(event, 'untrackedChanges', 'countBadge', 'statusLimit', 'decorations.enabled')) return;
        for (const repository of this.all) repository.settingsChanged();
      }),
    );
    this.#tellCount();
  }

  get all(): readonly OpenRepository[] {
    return [...this.#byRoot.values()];
  }

  get(root: string): OpenRepository | undefined {
    return this.#byRoot.get(root);
  }

  /** The deepest repository that a file is in. */
  of(uri: Uri): OpenRepository | undefined {
    return this.locate(uri)?.value;
  }

  /** As {@link of}, and where in it the file is. */
  locate(uri: Uri): Located<OpenRepository> | undefined {
    return uri.scheme === 'file' ? this.map.locate(uri.path) : undefined;
  }

  /** The open repository that records the one with this root as a part of itself; undefined if there is none. */
  outerOf(rootUri: Uri): OpenRepository | undefined {
    const around = this.map.locateAround(rootUri.path);
    const lists = around?.value.model.subrepositories.some(
      ({ kind, path }) => kind === around.value.system && path === around.path,
    );
    return lists === true ? around?.value : undefined;
  }

  /** The open repository that was found, by whichever path it is open. */
  existing(found: FoundRepository | LocatedRepository): OpenRepository | undefined {
    return this.#byRoot.get(found.root) ?? ('id' in found ? this.#byId.get(found.id) : undefined);
  }

  /** Takes over the further paths of a repository, which may be open already, by another path perhaps. */
  addAliases({ root, id, aliases }: LocatedRepository): void {
    const existing = this.#byRoot.get(root) ?? this.#byId.get(id);
    const rootUri = existing?.rootUri ?? Uri.file(root);
    let isNews = false;
    for (const { folder, path } of [{ folder: root, path: '' }, ...aliases]) {
      const target = path === '' ? rootUri.path : fileUri(rootUri, path).path;
      if (this.map.setAlias(Uri.file(folder).path, target)) isNews = true;
    }
    if (existing === undefined) return;
    this.#byId.set(id, existing);
    if (isNews) this.#didAlias.fire(existing);
  }

  open(found: FoundRepository | LocatedRepository): OpenRepository {
    const existing = this.existing(found);
    if (existing !== undefined) return existing;
    const { root, system } = found;
    const outer = this.outerOf(Uri.file(root));
    const repository = new OpenRepository({ root, system }, outer, this.#log, this.#decorationsChanged, this.#memento);
    this.#byRoot.set(root, repository);
    if ('id' in found) this.#byId.set(found.id, repository);
    this.map.set(repository.rootUri.path, repository);
    this.#log.info(`opened ${root}`);
    this.#tellCount();
    this.#didOpen.fire(repository);
    this.#follow(repository);
    return repository;
  }

  close(repository: OpenRepository, reason: string): void {
    if (!this.#byRoot.delete(repository.root)) return;
    this.map.delete(repository.rootUri.path);
    for (const [id, each] of this.#byId) if (each === repository) this.#byId.delete(id);
    this.#log.info(`closed ${repository.root}: ${reason}`);
    this.#client
      .close(repository.root)
      .catch((error: unknown) => this.#log.warn(`closing ${repository.root}: ${errorMessage(error)}`));
    this.#tellCount();
    this.#didClose.fire(repository);
    repository.dispose();
  }

  dispose(): void {
    for (const repository of this.all) repository.dispose();
    this.#byRoot.clear();
    this.#byId.clear();
    this.#store.dispose();
  }

  #follow(repository: OpenRepository): void {
    this.#client
      .open({
        root: repository.root,
        system: repository.system,
        ...engineSettings(),
        first: this.#filesInTabs(repository),
      })
      .catch((error: unknown) => this.#log.error(`opening ${repository.root}: ${errorMessage(error)}`));
  }

  /** Returns the files of a repository in open tabs, the visible ones first. */
  #filesInTabs(repository: OpenRepository): string[] {
    const tabs = window.tabGroups.all
      .flatMap(group => group.tabs)
      .sort((a, b) => Number(b.isActive) - Number(a.isActive));
    return tabs.flatMap(({ input }) => {
      const located = input instanceof TabInputText ? this.locate(input.uri) : undefined;
      return located?.value === repository ? located.path : [];
    });
  }

  /** The engine takes the options of a repository when it opens it. */
  async #followAnew(repository: OpenRepository): Promise<void> {
    try {
      await this.#client.close(repository.root);
    } catch (error) {
      this.#log.warn(`closing ${repository.root}: ${errorMessage(error)}`);
    }
    if (this.#byRoot.get(repository.root) === repository) this.#follow(repository);
  }

  #apply(update: RepositoryUpdate): void {
    const repository = this.#byRoot.get(update.root);
    if (repository === undefined) return;
    if (update.state.kind === 'gone') {
      this.close(repository, 'it is no longer there');
      this.#didVanish.fire(update.root);
      return;
    }
    repository.apply(update);
    const { nestedRepositories, subrepositories } = update;
    if (nestedRepositories === undefined && subrepositories === undefined) return;
    const present = subrepositories?.filter(({ isPresent }) => isPresent) ?? [];
    const parts = present.map(({ path }) => fileUri(repository.rootUri, path).fsPath);
    const { system } = repository;
    this.#didFindNested.fire([...(nestedRepositories ?? []), ...parts].map(root => ({ root, system })));
  }

  #engineDied(reason: string, deaths: number): void {
    if (deaths < DEATHS_UNTIL_DOWN) return;
    for (const repository of this.all) {
      repository.apply({
        root: repository.root,
        sequence: repository.model.sequence,
        state: { kind: 'failed', problem: { code: 'internal', message: texts.engineDown(reason) } },
        head: repository.model.head,
        reset: true,
        changed: [],
        cleared: [],
        counts: NO_COUNTS,
        settled: true,
        cause: 'the engine does not run',
        cost: { milliseconds: 0, stats: 0, directoriesRead: 0, filesRead: 0, bytesRead: 0, unsure: 0 },
      });
    }
  }

  #tellCount(): void {
    // The commands that go by it are those of Mercurial.
    void contextKeys.set('repositoryCount', this.all.filter(({ system }) => system === 'hg').length);
  }
}
