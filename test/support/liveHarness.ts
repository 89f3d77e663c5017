// A live model on a repository of the real hg, watched as it is in VS Code, and compared with hg's own answer.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { nextTurn } from '../../src/base/async.ts';
import { isAtOrBelow, joinPath, toDisplay, type BytePath } from '../../src/base/bytePath.ts';
import type { Disposable } from '../../src/base/lifecycle.ts';
import { silentLogger, type Logger } from '../../src/base/log.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { newWorkCounters } from '../../src/status/types.ts';
import { WorkingTree } from '../../src/status/workingTree.ts';
import type { Backend, StagedFile } from '../../src/workingCopy/backend.ts';
import { LiveModel } from '../../src/workingCopy/liveModel.ts';
import { MercurialBackend } from '../../src/backends/mercurial/mercurialBackend.ts';
import type { ModelState } from '../../src/workingCopy/publisher.ts';
import type { Change } from '../../src/workingCopy/statusTree.ts';
import { bulkForms } from './bulkForms.ts';
import type { DirectoryWatches, WatchUser } from '../../src/workingCopy/watch/directoryWatches.ts';
import { createTreeWatcher } from '../../src/workingCopy/watch/createTreeWatcher.ts';
import { DirectoryWatcher } from '../../src/workingCopy/watch/treeWatcher.ts';
import { hgStatus, type HgEntry } from './hgServer.ts';
import { STATUS_LETTERS } from '../../src/server/statusLetters.ts';

export interface LiveHarnessOptions {
  /** Default: of the Mercurial repository at the root. */
  readonly backend?: Backend;
  /** Default: none is written. */
  readonly logger?: Logger;
  /** Default: no audits. */
  readonly auditMs?: number;
  /** How directories are watched. Default: in the best way there is here. */
  readonly watches?: (user: WatchUser) => DirectoryWatches;
}

/** More than any test has directories. */
const WATCH_LIMIT = 10_000;

export class LiveHarness implements Disposable {
  readonly root: string;
  readonly model: LiveModel;
  /** The state of a client that only ever applies deltas. */
  readonly told = new Map<BytePath, NonNullable<Change['entry']>>();
  /** The staged files of that client. */
  staged: readonly StagedFile[] = [];
  /** The nested repositories that it knows of. */
  nested: readonly BytePath[] = [];
  state: ModelState = { kind: 'scanning' };
  #barriers = 0;
  readonly #watcher: fs.FSWatcher;
  /** Names that Node's watches have reported, and names that the watch of working files has reported. */
  readonly #seen = [new Set<string>(), new Set<string>()] as const;
  #onSeen: () => void = () => undefined;

  constructor(root: string, { backend, logger = silentLogger, auditMs = 0, watches }: LiveHarnessOptions = {}) {
    this.root = root;
    const environment = { ...currentEnvironment(), variables: { ...process.env, HGRCPATH: '' } };
    const own = backend ?? new MercurialBackend(root, new Vfs(), environment);
    const options = { root, controlName: own.controlName, share: 0.5, logger };
    const watcher =
      watches === undefined ? createTreeWatcher(options) : new DirectoryWatcher(options, WATCH_LIMIT, watches);
    this.model = new LiveModel({
      backend: own,
      watcher,
      logger,
      auditMs,
      // In whatever form there is here, however small the repository.
      bulk: { scanners: bulkForms().at(-1)!.scanners, minimumNodes: 0, unitNodes: 20 },
    });
    this.model.onDidUpdate(update => {
      if (update.reset) this.told.clear();
      this.nested = update.nestedRepositories ?? this.nested;
      this.staged = update.staged ?? (update.reset ? [] : this.staged);
      for (const { path: at, entry } of update.changes) {
        if (entry === undefined) this.told.delete(at);
        else this.told.set(at, entry);
      }
      this.state = update.state;
    });
    this.model.start();
    this.#watcher = fs.watch(root, (_kind, name) => {
      this.#seen[0].add(name ?? '');
      this.#onSeen();
    });
    // After the model, which then knows of a path before it counts as seen.
    watcher.onHint(path => {
      this.#seen[1].add(path);
      this.#onSeen();
    });
  }

  dispose(): void {
    this.#watcher.close();
    this.model.dispose();
  }

  /**
   * Resolves when events alone have reported every change on disk so far.
   *
   * Events of one descriptor come in order. So this makes and removes a file, and waits until Node's watch of the state
   * and the watch of the working files have reported it. Then the model has received all earlier events.
   */
  async quiet(): Promise<void> {
    const name = `barrier-${++this.#barriers}`;
    fs.writeFileSync(path.join(this.root, name), '');
    await this.#whenSeen(name);
    fs.unlinkSync(path.join(this.root, name));
    await this.#whenSeen(name);
    await this.model.settle();
    // Before each directory is watched, the events of earlier changes may be missing.
    while (this.model.isCatchingUp) await nextTurn();
    await this.model.settle();
  }

  #whenSeen(name: string): Promise<void> {
    return new Promise(resolve => {
      this.#onSeen = () => {
        if (!this.#seen.every(names => names.has(name))) return;
        for (const names of this.#seen) names.clear();
        this.#onSeen = () => undefined;
        resolve();
      };
      this.#onSeen();
    });
  }

  /**
   * Resolves when the published entries fulfil the condition, checked after each update. Only the test's own limit ends
   * it.
   */
  until(condition: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const check = (): void => {
        if (!condition()) return;
        listener.dispose();
        resolve();
      };
      const listener = this.model.onDidUpdate(check);
      check();
    });
  }

  /** Letters and paths of the published entries, without ignored ones, sorted. */
  get entries(): string[] {
    const shown = [...this.told].filter(([, { status }]) => status !== 'ignored');
    return shown.map(([at, { status }]) => `${STATUS_LETTERS[status]} ${toDisplay(at)}`).sort();
  }

  /** Asks hg for its status, and compares. */
  assertSameAsHg(context: () => string = () => this.root): void {
    const expected = hgStatus(this.root);
    if (typeof expected === 'string') assert.fail(`hg: ${expected}; ${context()}`);
    this.assertEquals(expected, context);
  }

  /** Compares what the deltas add up to with hg's answer: every path, status and copy source. */
  assertEquals(expected: readonly HgEntry[], context: () => string): void {
    assert.equal(this.state.kind, 'ready', context());
    assert.deepEqual(this.#lines(), expected.map(line).sort(), context());
  }

  #lines(): string[] {
    const lines: string[] = [];
    const { statCache: cache, rules } = this.model.snapshot!.input;
    const isInScope = (at: BytePath): boolean => rules.scope?.matches(at) !== false;
    for (const [at, entry] of this.told) {
      // An ignored directory stands for its files that belong to the working copy.
      if (entry.directory) {
        for (const file of this.#filesBelow(at)) if (isInScope(file)) lines.push(line({ path: file, status: 'I' }));
      } else
        lines.push(
          line({
            path: at,
            status: STATUS_LETTERS[entry.status],
            ...(entry.source !== undefined && { source: entry.source }),
          }),
        );
    }
    const pending = [{ node: cache.root, path: '' as BytePath }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { node, path: at } = next;
      if (cache.kind(node) !== 'none' && !this.told.has(at) && isInScope(at)) {
        const source = cache.copySource(node);
        lines.push(line({ path: at, status: 'C', ...(source !== undefined && { source }) }));
      }
      const first = cache.firstChild(node);
      for (let i = 0; i < cache.childCount(node); i++)
        pending.push({ node: first + i, path: joinPath(at, cache.name(first + i)) });
    }
    return lines.sort();
  }

  /** Returns the files that `hg` lists one by one where we name only the directory. */
  #filesBelow(directory: BytePath): BytePath[] {
    const files: BytePath[] = [];
    const tree = new WorkingTree(this.root, newWorkCounters());
    const { excluded } = this.model.snapshot!.input.rules;
    const pending = [directory];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      assert.ok(isAtOrBelow(at, directory));
      // A subrepository has its own status.
      if (excluded.has(at)) continue;
      const items = tree.readDirectory(at);
      assert.ok(items, `ignored directory ${toDisplay(directory)} is there`);
      if (items.some(item => item.name === '.hg' && item.kind === 'directory')) continue;
      for (const item of items) {
        if (item.kind === 'directory') pending.push(joinPath(at, item.name));
        else if (item.kind !== 'other') files.push(joinPath(at, item.name));
      }
    }
    return files;
  }
}

function line(entry: { readonly path: BytePath; readonly status: string; readonly source?: BytePath }): string {
  return `${entry.status} ${JSON.stringify(entry.path)}${entry.source === undefined ? '' : ` <- ${JSON.stringify(entry.source)}`}`;
}
