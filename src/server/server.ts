// Serves live models over a JSON-RPC connection: to the extension from a worker thread, to anything else from a process.
import type { MessageConnection, NotificationType } from 'vscode-jsonrpc';
import { fromDisplay } from '../base/bytePath.ts';
import { DisposableStore, type Disposable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import { currentEnvironment, type HgEnvironment } from '../mercurial/config/environment.ts';
import { findRepositoryRoot } from '../mercurial/discovery.ts';
import type { History } from '../mercurial/history/history.ts';
import type { Store } from '../mercurial/store/store.ts';
import { Vfs } from '../mercurial/vfs.ts';
import { LiveModel } from '../workingCopy/liveModel.ts';
import { MercurialBackend } from '../workingCopy/mercurialBackend.ts';
import { createTreeWatcher } from '../workingCopy/treeWatcher.ts';
import { parentSummaries, pendingChangesets } from './changesets.ts';
import { compareChangesets, resolveChangeset } from './comparisons.ts';
import { Contents } from './contents.ts';
import { discoverRepositories } from './discover.ts';
import { doctorReport } from './doctor.ts';
import { Fallback } from './fallback.ts';
import * as protocol from './protocol.ts';
import { toMessages, type ToldUpdate } from './updates.ts';

interface ServedRepository extends Disposable {
  readonly model: LiveModel;
  readonly backend: MercurialBackend;
  readonly contents: Contents;
  readonly fallback: Fallback;
}

/** Answers the protocol's requests until disposed of; owns the models it opens. */
export class Server implements Disposable {
  readonly #connection: MessageConnection;
  readonly #environment: HgEnvironment;
  readonly #vfs = new Vfs();
  readonly #repositories = new Map<string, ServedRepository>();
  readonly #owned = new DisposableStore();
  readonly #logger: Logger;
  #hgPolicy: protocol.HgPolicy = { allow: false, path: '' };

  constructor(connection: MessageConnection, environment: HgEnvironment = currentEnvironment()) {
    this.#connection = connection;
    this.#environment = environment;
    this.#logger = this.#makeLogger();
    this.#register();
  }

  dispose(): void {
    this.#owned.dispose();
    for (const root of [...this.#repositories.keys()]) this.#close(root);
  }

  #register(): void {
    const c = this.#connection;
    for (const registration of [
      c.onRequest(protocol.FindRoot, ({ path }) => findRepositoryRoot(this.#vfs, path) ?? null),
      c.onRequest(protocol.Discover, ({ folders, depth, ignoredNames }) => {
        return [...new Set(folders.flatMap(folder => discoverRepositories(this.#vfs, folder, depth, ignoredNames)))];
      }),
      c.onRequest(protocol.Open, options => {
        this.#open(options);
        return null;
      }),
      c.onRequest(protocol.Close, ({ root }) => {
        this.#close(root);
        return null;
      }),
      c.onRequest(protocol.Refresh, async ({ root, cause }) => {
        const served = this.#repositories.get(root);
        await served?.model.refresh(cause);
        await served?.fallback.refresh(cause);
        return null;
      }),
      c.onRequest(protocol.Settle, async ({ root }) => {
        const served = this.#repositories.get(root);
        await served?.model.settle();
        await served?.fallback.settle();
        return null;
      }),
      c.onRequest(protocol.AreIgnored, ({ root, paths }) => this.#areIgnored(root, paths)),
      c.onRequest(protocol.ExplainIgnored, ({ root, path }) => this.#explainIgnored(root, path)),
      c.onRequest(protocol.Doctor, ({ root, compare }) => this.#doctor(root, compare)),
      c.onRequest(protocol.PendingMerge, ({ root, limit }) => this.#pendingMerge(root, limit)),
      c.onRequest(protocol.ParentSummaries, ({ root }) => this.#parentSummaries(root)),
      c.onRequest(protocol.ResolveRevision, ({ root, revision }) =>
        this.#ofHistory(root, (store, history) => resolveChangeset(store, history, revision)),
      ),
      c.onRequest(protocol.CompareRevisions, ({ root, ...query }) =>
        this.#ofHistory(root, (store, history) => compareChangesets(store, history, query)),
      ),
      c.onRequest(protocol.Content, query => this.#content(query)),
      c.onRequest(protocol.Shutdown, () => {
        this.dispose();
        return null;
      }),
      c.onNotification(protocol.Hint, ({ root, paths }) => {
        const served = this.#repositories.get(root);
        const hinted = paths.map(fromDisplay);
        served?.model.hint(hinted);
        served?.fallback.hint(hinted);
      }),
      c.onNotification(protocol.Focus, ({ focused }) => {
        if (!focused) return;
        for (const { model, fallback } of this.#repositories.values()) {
          model.focus();
          fallback.focus();
        }
      }),
      c.onNotification(protocol.SetHgPolicy, policy => {
        this.#hgPolicy = policy;
        for (const { fallback } of this.#repositories.values()) fallback.setPolicy(policy);
      }),
    ]) {
      this.#owned.add(registration);
    }
  }

  #open({ root, auditSeconds, watchShare }: protocol.OpenOptions): void {
    if (this.#repositories.has(root)) return;
    const owned = new DisposableStore();
    const backend = new MercurialBackend(root, this.#vfs, this.#environment);
    const watcher = createTreeWatcher({ root, share: watchShare, logger: this.#logger });
    const model = owned.add(new LiveModel({ backend, watcher, logger: this.#logger, auditMs: auditSeconds * 1000 }));
    const contents = new Contents({
      snapshot: () => model.snapshot,
      settle: () => model.settle(),
      store: snapshot => backend.store(snapshot),
    });
    const fallback = owned.add(
      new Fallback({
        root,
        vfs: this.#vfs,
        environment: this.#environment,
        logger: this.#logger,
        policy: this.#hgPolicy,
        auditMs: auditSeconds * 1000,
      }),
    );
    let sequence = 0;
    const tell = (update: ToldUpdate): void => {
      for (const message of toMessages(root, update, sequence + 1)) {
        sequence = message.sequence;
        this.#send(protocol.DidUpdate, message);
      }
    };
    owned.add(fallback.onDidUpdate(tell));
    owned.add(watcher.onHint(path => fallback.hint([path])));
    owned.add(
      model.onDidUpdate(update => {
        if (!fallback.follow(update.state)) tell(update);
        const paths = contents.takeChangedBases();
        if (paths.length > 0) this.#send(protocol.DidChangeBase, { root, paths });
      }),
    );
    this.#repositories.set(root, { model, backend, contents, fallback, dispose: () => owned.dispose() });
    model.start();
  }

  #close(root: string): void {
    this.#repositories.get(root)?.dispose();
    this.#repositories.delete(root);
  }

  #areIgnored(root: string, paths: readonly string[]): boolean[] {
    const tree = this.#repositories.get(root)?.model.tree;
    return paths.map(text => {
      const path = fromDisplay(text);
      return tree?.get(path)?.status === 'ignored' || tree?.ignoredDirectoryAbove(path) !== undefined;
    });
  }

  #explainIgnored(root: string, path: string): protocol.IgnoreExplanation | null {
    const served = this.#repositories.get(root);
    const snapshot = served?.model.snapshot;
    if (served === undefined || snapshot === undefined) return null;
    return served.backend.explainIgnored(snapshot, fromDisplay(path)) ?? null;
  }

  #pendingMerge(root: string, limit: number): protocol.PendingChangesets {
    const served = this.#repositories.get(root);
    const snapshot = served?.model.snapshot;
    if (served === undefined || snapshot === undefined) return { changesets: [], total: 0, isComplete: true };
    return pendingChangesets(served.backend.store(snapshot), snapshot.head, limit);
  }

  #parentSummaries(root: string): protocol.ChangesetSummary[] {
    const served = this.#repositories.get(root);
    const snapshot = served?.model.snapshot;
    if (served === undefined || snapshot === undefined) return [];
    return parentSummaries(served.backend.store(snapshot), snapshot.head);
  }

  #ofHistory<T>(
    root: string,
    work: (store: Store, history: History) => T,
  ): T | { readonly kind: 'none'; readonly message: string } {
    const served = this.#repositories.get(root);
    const snapshot = served?.model.snapshot;
    if (served === undefined || snapshot === undefined) return { kind: 'none', message: `${root} cannot be read now.` };
    return work(served.backend.store(snapshot), served.backend.history(snapshot));
  }

  async #content(query: protocol.ContentQuery): Promise<protocol.ContentAnswer> {
    const served = this.#repositories.get(query.root);
    if (served !== undefined) return served.contents.answer(query);
    return { kind: 'none', reason: 'unavailable', message: `${query.root} is not an open repository.` };
  }

  async #doctor(root: string, compare: boolean): Promise<string> {
    const model = this.#repositories.get(root)?.model;
    return doctorReport({
      root,
      environment: this.#environment,
      compare,
      ...(model && {
        live: { watched: model.watched, missedByEvents: model.missedByEvents, counts: model.tree.counts },
      }),
    });
  }

  #makeLogger(): Logger {
    const write =
      (level: protocol.LogMessage['level']) =>
      (message: string): void =>
        this.#send(protocol.Log, { level, message });
    return { trace: write('trace'), info: write('info'), warn: write('warn'), error: write('error') };
  }

  #send<P>(type: NotificationType<P>, params: P): void {
    // It fails only when the other side is gone: then there is nobody left to serve.
    this.#connection.sendNotification(type.method, params).catch(() => this.dispose());
  }
}
