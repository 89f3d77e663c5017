// Decides which repositories are open: at, above and below the workspace folders, and around files in editors. The
// engine reads the disk; this class decides when to search and what to open.
import { RelativePattern, Uri, window, workspace, type TextDocument } from 'vscode';
import type { Log } from '../common/display.ts';
import { errorMessage } from '../../base/errors.ts';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import type { SettingName } from '../contributions/settings.ts';
import type { FoundRepository, LocatedRepository } from '../../server/protocol.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { OpenRepository } from './openRepository.ts';
import type { Repositories } from './repositories.ts';
import { discoveryPattern, inWorkspaceOrder, isWanted, type ChoiceSettings } from '../model/repositoryChoice.ts';
import { pathKey } from '../common/rootMap.ts';
import { affects, detectionSettings, setting, subrepositoryLimit } from '../common/settings.ts';
import { scheduleAfter } from '../common/slicedQueue.ts';
import { subrepositoriesToOpen } from '../model/subrepositoryStatus.ts';
import { fileUri, isOnDisk, uriKey } from '../common/uris.ts';

/** `hg init` and `hg clone` make their files one after the other; looking once, after them, is enough. */
const DISCOVER_AFTER_EVENT = 300;
/**
 * Milliseconds between two searches because of a focused window. They find repositories that no event reported, but not
 * at every click.
 */
const FOCUS_PAUSE = 10_000;
/** An engine that follows nothing is kept for a while, because it may be asked again. */
const STOP_IDLE_AFTER = 20_000;

/** `.bzr` and the like: the names that make a folder a repository. */
const CONTROL_NAME = /\/\.(?:hg|git|bzr)$/;

const DETECTION_SETTINGS: readonly SettingName[] = [
  'enabled',
  'systems',
  'autoRepositoryDetection',
  'repositoryScanMaxDepth',
  'repositoryScanIgnoredFolders',
  'openRepositoryInParentFolders',
  'detectSubrepos',
  'detectSubreposLimit',
];

export class Discovery implements Disposable {
  readonly #client: EngineClient;
  readonly #repositories: Repositories;
  readonly #log: Log;
  readonly #store = new DisposableStore();
  #watchers = new DisposableStore();
  #timer: Disposable | undefined;
  #idleTimer: Disposable | undefined;
  #discovering: Promise<void> | undefined;
  #discoverAgain = false;
  #lastDiscovery = 0;
  /** Reported as nested by an open repository, and gone since: not to be opened before it is found anew. */
  readonly #vanished = new Set<string>();
  /** Folders of files in editors that are in no repository. */
  readonly #noRepository = new Set<string>();

  constructor(client: EngineClient, repositories: Repositories, log: Log) {
    this.#client = client;
    this.#repositories = repositories;
    this.#log = log;
    const again = (): void => this.soon(0);
    this.#store.add(
      workspace.onDidChangeWorkspaceFolders(() => {
        this.#watch();
        again();
      }),
    );
    this.#store.add(
      workspace.onDidChangeConfiguration(event => {
        if (!affects(event, ...DETECTION_SETTINGS)) return;
        this.#watch();
        again();
      }),
    );
    this.#store.add(window.onDidChangeVisibleTextEditors(() => void this.#lookAroundEditors()));
    this.#store.add(
      window.onDidChangeWindowState(({ focused }) => {
        if (focused && performance.now() - this.#lastDiscovery > FOCUS_PAUSE) again();
      }),
    );
    this.#store.add(
      repositories.onDidVanish(root => {
        this.#vanished.add(root);
        this.soon();
      }),
    );
    this.#store.add(repositories.onDidFindNested(found => void this.#choose(found)));
    this.#watch();
  }

  /** Searches everything now; resolves when the repositories found are open. */
  async discover(): Promise<void> {
    if (this.#discovering !== undefined) {
      this.#discoverAgain = true;
      return this.#discovering;
    }
    this.#discovering = this.#discoverUntilQuiet();
    await this.#discovering;
  }

  /** Looks in a while: at once for 0, and once for many calls. */
  soon(milliseconds = DISCOVER_AFTER_EVENT): void {
    this.#timer ??= scheduleAfter(milliseconds, () => {
      this.#timer = undefined;
      void this.discover();
    });
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#idleTimer?.dispose();
    this.#watchers.dispose();
    this.#store.dispose();
  }

  async #discoverUntilQuiet(): Promise<void> {
    try {
      await this.#lookOnce();
    } catch (error) {
      this.#log.error(`looking for repositories: ${errorMessage(error)}`);
    }
    if (this.#takeDiscoverAgain()) return this.#discoverUntilQuiet();
    this.#discovering = undefined;
    this.#restWhenUnused();
  }

  #takeDiscoverAgain(): boolean {
    const again = this.#discoverAgain;
    this.#discoverAgain = false;
    return again;
  }

  async #lookOnce(): Promise<void> {
    this.#lastDiscovery = performance.now();
    this.#noRepository.clear();
    const { detection, maxDepth, ignoredFolders, systems } = detectionSettings();
    const scansBelow = detection === true || detection === 'subFolders';
    const folders = diskFolders().filter(folder => setting('enabled', folder));
    let found: readonly LocatedRepository[] = [];
    const behindLinks = this.#findAliasedDocuments(systems);
    if (folders.length > 0) {
      found = await this.#client.discover({
        folders: folders.map(folder => folder.fsPath),
        depth: scansBelow ? maxDepth : 0,
        ignoredNames: ignoredFolders,
        systems,
      });
      this.#log.debug(`found ${found.map(({ root }) => root).join(', ') || 'no repository'}`);
    }
    const located = [...found, ...(await behindLinks)];
    // In one step: commands and colors go by the paths through links while this waits.
    this.#repositories.map.clearAliases();
    for (const each of located) this.#repositories.addAliases(each);
    for (
      let waiting = this.#choose(found);
      waiting.length > 0;
      waiting = this.#choose(waiting.map(({ repository }) => repository))
    ) {
      await Promise.all(waiting.map(({ outer }) => outer.ready));
    }
    await this.#lookAroundEditors();
  }

  /**
   * Closes unwanted repositories and opens wanted ones: of `found`, of the known nested repositories, and of the
   * subrepositories. Returns those that may be subrepositories of a repository that is not read yet.
   */
  #choose(
    found: readonly FoundRepository[],
  ): { readonly repository: FoundRepository; readonly outer: OpenRepository }[] {
    for (const { root } of found) this.#vanished.delete(root);
    const settings = this.#choiceSettings();
    const editors = this.#editorKeys();
    const { systems } = detectionSettings();
    const isWantedHere = (root: string, openedForEditor: boolean): boolean =>
      isWanted(rootKey(root), settings, editors, openedForEditor) || this.#isOpenedWithOuter(root);
    for (const repository of byDepth(this.#repositories.all, ({ root }) => root)) {
      const { root, openedForEditor } = repository;
      if (!systems.includes(repository.system) || !isWantedHere(root, openedForEditor)) {
        this.#repositories.close(repository, 'it is not wanted by the settings, or no longer in the workspace');
      } else if (repository.outer !== this.#repositories.outerOf(repository.rootUri)) {
        this.#repositories.close(repository, 'it has become, or is no longer, a part of another one');
        this.#repositories.open(repository).openedForEditor = openedForEditor;
      }
    }
    const inside = this.#repositories.all.flatMap(repository =>
      [...repository.model.nestedRepositories, ...partsOf(repository)].map(root => ({
        root,
        system: repository.system,
      })),
    );
    const waiting: { repository: FoundRepository; outer: OpenRepository }[] = [];
    const keys = settings.folders.map(({ key }) => key);
    const ordered = byDepth([...found, ...inside], ({ root }) => root);
    for (const repository of inWorkspaceOrder(ordered, ({ root }) => rootKey(root), keys)) {
      const { root } = repository;
      if (this.#repositories.existing(repository) !== undefined || this.#vanished.has(root)) continue;
      if (!isWantedHere(root, false)) continue;
      const outer = this.#repositories.map.locateAround(Uri.file(root).path)?.value;
      if (outer === undefined || outer.model.sequence >= 0) this.#open(repository);
      else waiting.push({ repository, outer });
    }
    return waiting;
  }

  /** True for a subrepository that the settings open together with its outer repository. */
  #isOpenedWithOuter(root: string): boolean {
    const uri = Uri.file(root);
    const outer = this.#repositories.outerOf(uri);
    return (
      outer !== undefined && setting('enabled', uri) && partsOf(outer).some(part => rootKey(part) === rootKey(root))
    );
  }

  #open(found: FoundRepository): void {
    const { root } = found;
    const repository = this.#repositories.open(found);
    const isWantedAnyhow = isWanted(rootKey(root), this.#choiceSettings(), [], false) || this.#isOpenedWithOuter(root);
    repository.openedForEditor = !isWantedAnyhow;
  }

  async #lookAroundEditors(): Promise<void> {
    const { detection, systems } = detectionSettings();
    if (detection !== true && detection !== 'openEditors') return;
    // A file with unsaved changes keeps the colors of its tab in the background, too.
    const unsaved = workspace.textDocuments.filter(({ isDirty }) => isDirty);
    for (const document of [...window.visibleTextEditors.map(editor => editor.document), ...unsaved]) {
      if (!isOnDisk(document) || this.#repositories.of(document.uri) !== undefined) continue;
      const folder = folderKey(document);
      if (this.#noRepository.has(folder)) continue;
      this.#noRepository.add(folder);
      const found = await this.#findAround(document, systems);
      if (found === null) continue;
      this.#repositories.addAliases(found);
      if (isWanted(rootKey(found.root), this.#choiceSettings(), this.#editorKeys(), false)) this.#open(found);
    }
    this.#restWhenUnused();
  }

  /** Looks anew at the open documents that are in a repository by a symbolic link only. */
  async #findAliasedDocuments(systems: readonly string[]): Promise<LocatedRepository[]> {
    const aliased = workspace.textDocuments.filter(
      document => isOnDisk(document) && this.#repositories.map.unaliased(uriKey(document.uri)) !== undefined,
    );
    const oneOfEachFolder = [...new Map(aliased.map(document => [folderKey(document), document])).values()];
    const found = await Promise.all(oneOfEachFolder.map(async document => this.#findAround(document, systems)));
    return found.filter(each => each !== null);
  }

  async #findAround({ uri }: TextDocument, systems: readonly string[]): Promise<LocatedRepository | null> {
    try {
      return await this.#client.findRoot(uri.fsPath, systems);
    } catch (error) {
      this.#log.warn(`looking for the repository of ${uri.fsPath}: ${errorMessage(error)}`);
      return null;
    }
  }

  /**
   * Watches for a new `.hg` or a new folder, which may contain one: VS Code reports only the topmost folder of a new
   * tree. The engine watches each `.hg` and notices deletions.
   */
  #watch(): void {
    this.#watchers.dispose();
    this.#watchers = new DisposableStore();
    const { detection, maxDepth, systems } = detectionSettings();
    const names = systems.map(system => `.${system}`);
    const pattern = discoveryPattern(names, maxDepth, detection === true || detection === 'subFolders');
    for (const folder of diskFolders()) {
      if (!setting('enabled', folder)) continue;
      const watcher = this.#watchers.add(
        workspace.createFileSystemWatcher(new RelativePattern(folder, pattern), false, true, true),
      );
      this.#watchers.add(watcher.onDidCreate(uri => this.#created(uri)));
    }
  }

  #created(uri: Uri): void {
    const isControlDirectory = CONTROL_NAME.test(uri.path);
    // Inside of a repository the engine itself finds the nested ones.
    if (!isControlDirectory && this.#repositories.of(uri) !== undefined) return;
    if (uri.path.includes('/.hg/')) return;
    this.soon();
  }

  #choiceSettings(): ChoiceSettings {
    const { detection, parentFolders, ignoredFolders } = detectionSettings();
    const folders = diskFolders().flatMap(uri =>
      this.#keysOf(uri).map(key => ({ key, enabled: setting('enabled', uri) })),
    );
    return { folders, enabled: setting('enabled'), detection, parentFolders, ignoredFolders };
  }

  #editorKeys(): string[] {
    const onDisk = window.visibleTextEditors.filter(editor => isOnDisk(editor.document));
    return onDisk.flatMap(editor => this.#keysOf(editor.document.uri));
  }

  /** The key of a file or folder, and the one that it has in a repository that a symbolic link leads to. */
  #keysOf(uri: Uri): string[] {
    const key = uriKey(uri);
    const unaliased = this.#repositories.map.unaliased(key);
    return unaliased === undefined ? [key] : [key, unaliased];
  }

  #restWhenUnused(): void {
    this.#idleTimer?.dispose();
    this.#idleTimer = scheduleAfter(STOP_IDLE_AFTER, () => {
      if (this.#discovering === undefined) this.#client.stopIfIdle();
    });
  }
}

/** Roots of the subrepositories that are opened with a repository. */
function partsOf({ rootUri, model, system }: OpenRepository): string[] {
  const paths = subrepositoriesToOpen(model.subrepositories, subrepositoryLimit(rootUri), system);
  return paths.map(path => fileUri(rootUri, path).fsPath);
}

function folderKey({ uri }: TextDocument): string {
  return uriKey(uri).replace(/\/[^/]*$/, '');
}

/** Those inside of others after them. */
function byDepth<T>(all: readonly T[], rootOf: (each: T) => string): T[] {
  return [...all].sort((a, b) => rootOf(a).length - rootOf(b).length);
}

function diskFolders(): Uri[] {
  return (workspace.workspaceFolders ?? []).map(folder => folder.uri).filter(uri => uri.scheme === 'file');
}

function rootKey(root: string): string {
  const slashed = root.replaceAll('\\', '/');
  return pathKey(slashed.startsWith('/') ? slashed : `/${slashed}`);
}
