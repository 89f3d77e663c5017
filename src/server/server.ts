// Serves live models over JSON-RPC: to the extension from a worker thread, to any other client from a process.
import { CancellationTokenSource, type MessageConnection, type NotificationType } from 'vscode-jsonrpc';
import { bytePath, fromDisplay, parentPath, type BytePath } from '../base/bytePath.ts';
import { DisposableStore, type Disposable } from '../base/lifecycle.ts';
import { loggerOf, type Logger } from '../base/log.ts';
import { withoutSecrets } from '../hgCommand/secrets.ts';
import { currentEnvironment, type HgEnvironment } from '../mercurial/config/environment.ts';
import { Vfs } from '../files/vfs.ts';
import { createScanners } from '../status/bulk/createScanners.ts';
import type { UnitScanners } from '../status/bulk/scanners.ts';
import { LiveModel } from '../workingCopy/liveModel.ts';
import { findRepository, systemsOf } from '../backends/systems.ts';
import type { Snapshot } from '../workingCopy/backend.ts';
import type { RepositoryQueries } from '../workingCopy/queries.ts';
import { createTreeWatcher } from '../workingCopy/watch/treeWatcher.ts';
import { Contents } from './contents.ts';
import { discoverRepositories } from './discover.ts';
import { doctorReport, type LiveFacts } from './doctor.ts';
import { Fallback } from './fallback/fallback.ts';
import { HgCommands } from './hgCommands.ts';
import * as hgProtocol from './hgProtocol.ts';
import { openBackend, type OpenedBackend } from './openBackend.ts';
import * as protocol from './protocol.ts';
import { ProblemLog } from './problemLog.ts';
import { toMessages, type PublishedUpdate } from './updates.ts';

interface ServedRepository extends Disposable, OpenedBackend {
  readonly model: LiveModel;
  readonly contents: Contents;
  readonly fallback: Fallback;
}

export interface ServerOptions {
  readonly environment?: HgEnvironment;
  /** The folder with the programs that ssh runs to ask for a password, and hg for a message. */
  readonly programs?: string | undefined;
}

/** Answers the protocol's requests until disposed of; owns the models it opens. */
export class Server implements Disposable {
  readonly #connection: MessageConnection;
  readonly #environment: HgEnvironment;
  readonly #vfs = new Vfs();
  readonly #repositories = new Map<string, ServedRepository>();
  readonly #owned = new DisposableStore();
  readonly #logger: Logger;
  readonly #troubles = new ProblemLog();
  #scannersMade: UnitScanners | undefined;
  readonly #hg: HgCommands;

  constructor(connection: MessageConnection, { environment = currentEnvironment(), programs }: ServerOptions = {}) {
    this.#connection = connection;
    this.#environment = environment;
    this.#logger = this.#makeLogger();
    this.#hg = this.#owned.add(
      new HgCommands({
        vfs: this.#vfs,
        environment,
        logger: this.#logger,
        programs,
        ask: (asked, signal) => this.#ask(asked, signal),
        onProgress: progress => this.#send(hgProtocol.HgProgressed, progress),
        follow: run => this.#followHg(run),
      }),
    );
    this.#register();
  }

  dispose(): void {
    this.#owned.dispose();
    for (const root of [...this.#repositories.keys()]) this.#close(root);
  }

  #register(): void {
    const c = this.#connection;
    for (const registration of [
      c.onRequest(
        protocol.FindRoot,
        ({ path, systems }) => findRepository(this.#vfs, path, systemsOf(systems)) ?? null,
      ),
      c.onRequest(protocol.Discover, ({ folders, depth, ignoredNames, systems }) => {
        const wanted = systemsOf(systems);
        const found = folders.flatMap(folder => discoverRepositories(this.#vfs, wanted, folder, depth, ignoredNames));
        return [...new Map(found.map(each => [each.root, each])).values()];
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
        if (served !== undefined) await refresh(served, cause);
        return null;
      }),
      c.onRequest(protocol.Settle, async ({ root }) => {
        const served = this.#repositories.get(root);
        if (served !== undefined) await settle(served);
        return null;
      }),
      c.onRequest(protocol.ExplainIgnored, ({ root, path }) =>
        this.#query(root, (queries, snapshot) => queries.explainIgnored(snapshot, fromDisplay(path)) ?? null, null),
      ),
      c.onRequest(protocol.PreviewIgnore, ({ root, lines, limit }) => {
        const served = this.#repositories.get(root);
        if (served === undefined) return [];
        const untracked = [...served.model.tree.entries()].filter(([, { status }]) => status === 'unknown');
        return served.queries.previewIgnore(
          untracked.map(([path]) => path),
          lines,
          limit,
        );
      }),
      c.onRequest(protocol.Doctor, ({ root, compare }) => this.#doctor(root, compare)),
      c.onRequest(protocol.PendingMerge, ({ root, limit }) =>
        this.#query(root, (queries, snapshot) => queries.pendingMerge(snapshot, limit), NO_CHANGESETS),
      ),
      c.onRequest(protocol.ParentSummaries, ({ root }) =>
        this.#query(root, (queries, snapshot) => queries.parents(snapshot), []),
      ),
      c.onRequest(protocol.ResolveRevision, ({ root, revision }) =>
        this.#query(root, (queries, snapshot) => queries.resolve(snapshot, revision), unreadable(root)),
      ),
      c.onRequest(protocol.CompareRevisions, ({ root, ...query }) =>
        this.#query(root, (queries, snapshot) => queries.compare(snapshot, query), unreadable(root)),
      ),
      c.onRequest(protocol.Content, query => this.#content(query)),
      c.onRequest(hgProtocol.RunHg, (run, token) => this.#hg.run(run, token)),
      c.onRequest(hgProtocol.FindHg, ({ checks }) => this.#hg.find(checks)),
      c.onRequest(protocol.Shutdown, () => {
        this.dispose();
        return null;
      }),
      c.onNotification(protocol.Hint, ({ root, paths }) => {
        const served = this.#repositories.get(root);
        if (served !== undefined) hint(served, paths.map(fromDisplay));
      }),
      c.onNotification(protocol.Focus, ({ focused }) => {
        if (!focused) return;
        for (const { model, fallback } of this.#repositories.values()) {
          model.focus();
          fallback.focus();
        }
      }),
      c.onNotification(protocol.SetHgPolicy, policy => {
        this.#hg.setPolicy(policy);
        for (const { fallback } of this.#repositories.values()) fallback.setPolicy(policy);
      }),
    ]) {
      this.#owned.add(registration);
    }
  }

  #open({ root, system = 'hg', auditSeconds, watchShare, first = [] }: protocol.OpenOptions): void {
    if (this.#repositories.has(root)) return;
    const owned = new DisposableStore();
    const opened = openBackend(
      { root, system },
      { vfs: this.#vfs, environment: this.#environment, accelerators: this.#scanners().means },
    );
    const { backend, queries } = opened;
    const logger = loggerOf(root, this.#logger);
    const watcher = createTreeWatcher({ root, controlName: backend.controlName, share: watchShare, logger });
    const model = owned.add(
      new LiveModel({
        backend,
        watcher,
        logger,
        auditMs: auditSeconds * 1000,
        bulk: { scanners: this.#scanners(), first: first.map(file => parentPath(fromDisplay(file))) },
      }),
    );
    const contents = new Contents({
      snapshot: () => model.snapshot,
      settle: () => model.settle(),
      queries,
    });
    const fallback = owned.add(
      new Fallback({
        root,
        vfs: this.#vfs,
        environment: this.#environment,
        logger,
        policy: this.#hg.policy,
        hg: () => this.#hg.runner(root),
        auditMs: auditSeconds * 1000,
      }),
    );
    let sequence = 0;
    const tell = (update: PublishedUpdate): void => {
      for (const message of toMessages(root, update, sequence + 1)) {
        sequence = message.sequence;
        this.#send(protocol.DidUpdate, message);
      }
    };
    const tellBases = (paths: readonly string[]): void => {
      if (paths.length > 0) this.#send(protocol.DidChangeBase, { root, paths });
    };
    owned.add(fallback.onDidUpdate(tell));
    owned.add(fallback.onDidChangeBases(tellBases));
    owned.add(watcher.onHint(path => fallback.hint([path])));
    owned.add(
      model.onDidUpdate(update => {
        if (!fallback.follow(update.state)) tell(update);
        tellBases(contents.takeChangedBases());
      }),
    );
    this.#repositories.set(root, { ...opened, model, contents, fallback, dispose: () => owned.dispose() });
    model.start();
  }

  /** One for all repositories. */
  #scanners(): UnitScanners {
    return (this.#scannersMade ??= this.#owned.add(createScanners(this.#logger)));
  }

  #close(root: string): void {
    this.#repositories.get(root)?.dispose();
    this.#repositories.delete(root);
    this.#hg.close(root);
  }

  async #ask(asked: hgProtocol.HgAsked, signal: AbortSignal): Promise<string | undefined> {
    // The command was cancelled: ask nobody.
    if (signal.aborted) return undefined;
    const cancel = new CancellationTokenSource();
    const abort = (): void => cancel.cancel();
    signal.addEventListener('abort', abort);
    try {
      const answer = await this.#connection.sendRequest(hgProtocol.AskPerson, asked, cancel.token);
      return answer ?? undefined;
    } finally {
      signal.removeEventListener('abort', abort);
      cancel.dispose();
    }
  }

  /** After a command: the events of what it did may still be on their way. */
  async #followHg({ root, files = [], looksAtAll }: hgProtocol.HgRun): Promise<void> {
    const served = root === null ? undefined : this.#repositories.get(root);
    if (served === undefined) return;
    if (looksAtAll === true) {
      await refresh(served, 'hg command');
      return;
    }
    hint(served, [bytePath(served.backend.controlName), ...files.map(fromDisplay)]);
    await settle(served);
  }

  /** Asks an open repository that can be read; else answers `otherwise`. */
  #query<T>(root: string, work: (queries: RepositoryQueries, snapshot: Snapshot) => T, otherwise: T): T {
    const served = this.#repositories.get(root);
    const snapshot = served?.model.snapshot;
    return served === undefined || snapshot === undefined ? otherwise : work(served.queries, snapshot);
  }

  async #content(query: protocol.ContentQuery): Promise<protocol.ContentAnswer> {
    const served = this.#repositories.get(query.root);
    if (served !== undefined) {
      if (served.fallback.isActive) return served.fallback.content(query);
      return served.contents.answer(query);
    }
    return { kind: 'none', reason: 'unavailable', message: `${query.root} is not an open repository.` };
  }

  async #doctor(root: string, compare: boolean): Promise<string> {
    const served = this.#repositories.get(root);
    return doctorReport({
      root,
      environment: this.#environment,
      compare: compare && this.#hg.policy.allow,
      hg: this.#hg.policy.path,
      ...(served && { live: this.#liveFacts(root, served) }),
    });
  }

  #liveFacts(root: string, { model, fallback }: ServedRepository): LiveFacts {
    const { state } = model;
    return {
      state: 'problem' in state ? `${state.kind}: ${state.problem.message}` : state.kind,
      answeredByHg: fallback.isActive,
      watched: model.watched,
      audits: model.audits,
      missedByEvents: model.missedByEvents,
      counts: model.tree.counts,
      troubles: this.#troubles.of(root, [...this.#repositories.keys()]),
    };
  }

  #makeLogger(): Logger {
    const write =
      (level: protocol.LogMessage['level']) =>
      (text: string): void => {
        const message = withoutSecrets(text);
        if (level === 'warn' || level === 'error') this.#troubles.add(level, message);
        this.#send(protocol.Log, { level, message });
      };
    return { trace: write('trace'), info: write('info'), warn: write('warn'), error: write('error') };
  }

  #send<P>(type: NotificationType<P>, params: P): void {
    // It fails only when the other side is gone: then there is nobody left to serve.
    this.#connection.sendNotification(type.method, params).catch(() => this.dispose());
  }
}

const NO_CHANGESETS: protocol.PendingChangesets = { changesets: [], total: 0, isComplete: true };

function unreadable(root: string): { readonly kind: 'none'; readonly message: string } {
  return { kind: 'none', message: `${root} cannot be read now.` };
}

// Either the model or hg answers for a repository; both get the hints.

function hint({ model, fallback }: ServedRepository, paths: readonly BytePath[]): void {
  model.hint(paths);
  fallback.hint(paths);
}

async function refresh({ model, fallback }: ServedRepository, cause: string): Promise<void> {
  await model.refresh(cause);
  await fallback.refresh(cause);
}

async function settle({ model, fallback }: ServedRepository): Promise<void> {
  await model.settle();
  await fallback.settle();
}
