// The requests to the engine, seen from the extension host. The engine runs in a worker thread, see engineTransport.ts.
// After a restart it gets the same repositories again, see engineSupervisor.ts. Knows nothing of `vscode`.
import { RequestType, type CancellationToken, type MessageConnection, type RequestParam } from 'vscode-jsonrpc/node';
import { errorMessage } from '../../base/errors.ts';
import { DisposableStore, Emitter, type Disposable } from '../../base/lifecycle.ts';
import {
  AskUser,
  FindHg,
  HgProgressed,
  RunHg,
  type HgAsked,
  type HgDidProgress,
  type HgFound,
  type HgRun,
  type HgRunResult,
} from '../../server/hgProtocol.ts';
import {
  Close,
  CompareRevisions,
  Content,
  DidChangeBase,
  DidUpdate,
  Discover,
  Doctor,
  ExplainIgnored,
  FindRoot,
  Focus,
  Hint,
  Log,
  Open,
  ParentSummaries,
  PendingMerge,
  PreviewIgnore,
  Refresh,
  ResolveRevision,
  Settle,
  SetHgPolicy,
  type ChangesetSummary,
  type ContentAnswer,
  type ContentQuery,
  type DiscoverQuery,
  type LocatedRepository,
  type HgPolicy,
  type IgnoreExplanation,
  type IgnorePreview,
  type OpenOptions,
  type PendingChangesets,
  type RepositoryUpdate,
  type RevisionAnswer,
  type RevisionComparison,
} from '../../server/protocol.ts';
import { EngineSupervisor, type EngineStart, type SupervisedClient } from './engineSupervisor.ts';

export interface EngineClientOptions extends EngineStart {
  /** Passes a question of hg to the user; null for no answer. */
  ask?(asked: HgAsked, token: CancellationToken): Promise<string | null>;
}

export class EngineClient implements Disposable {
  readonly #options: EngineClientOptions;
  readonly #store = new DisposableStore();
  readonly #opened = new Map<string, OpenOptions>();
  readonly #didUpdate = this.#store.add(new Emitter<RepositoryUpdate>());
  readonly #didChangeBase = this.#store.add(
    new Emitter<{ readonly root: string; readonly paths: readonly string[] }>(),
  );
  readonly #didChangeHistory = this.#store.add(new Emitter<string>());
  readonly #didProgressHg = this.#store.add(new Emitter<HgDidProgress>());
  #focused = true;
  #hgPolicy: HgPolicy | undefined;
  #isDisposed = false;
  readonly #supervisor: EngineSupervisor;

  readonly onDidUpdate = this.#didUpdate.event;
  /** The base of these files, which were requested before, has changed. Not fired when the engine starts again. */
  readonly onDidChangeBase = this.#didChangeBase.event;
  readonly onDidProgressHg = this.#didProgressHg.event;
  /** The history of the repository with this root may have changed, for which a graph was opened. */
  readonly onDidChangeHistory = this.#didChangeHistory.event;

  constructor(options: EngineClientOptions) {
    this.#options = options;
    this.#supervisor = new EngineSupervisor(options, this.#supervised());
  }

  /** The engine has ended by itself. It starts again after a while. */
  get onDidDie(): EngineSupervisor['onDidDie'] {
    return this.#supervisor.onDidDie;
  }

  /** Resolves after disposal, when the engine has received the request to end. */
  get ended(): Promise<void> {
    return this.#supervisor.ended;
  }

  get isRunning(): boolean {
    return this.#supervisor.isRunning;
  }

  /** Sends a request that has no method of its own here, so that its type is loaded when it is first needed. */
  request<P, R>(type: RequestType<P, R, void>, parameters: RequestParam<P>, token?: CancellationToken): Promise<R> {
    // The type may come from another bundle, which has a copy of the library. The connection takes only its own types.
    return this.#supervisor.request(new RequestType<P, R, void>(type.method), parameters, token);
  }

  findRoot(path: string, systems: readonly string[]): Promise<LocatedRepository | null> {
    return this.#supervisor.request(FindRoot, { path, systems });
  }

  discover(query: DiscoverQuery): Promise<readonly LocatedRepository[]> {
    return this.#supervisor.request(Discover, query);
  }

  /** Follows a repository until {@link close}, over restarts too. */
  async open(options: OpenOptions): Promise<void> {
    this.#opened.set(options.root, options);
    // A starting engine receives all open repositories as soon as it runs.
    if (this.#supervisor.isRestarting) return;
    await this.#supervisor.request(Open, options);
  }

  async close(root: string): Promise<void> {
    if (!this.#opened.delete(root)) return;
    await this.#supervisor.requestIfRunning(Close, { root });
  }

  async refresh(root: string, cause: string): Promise<void> {
    await this.#supervisor.request(Refresh, { root, cause });
  }

  async settle(root: string): Promise<void> {
    await this.#supervisor.request(Settle, { root });
  }

  explainIgnored(root: string, path: string): Promise<IgnoreExplanation | null> {
    return this.#supervisor.request(ExplainIgnored, { root, path });
  }

  /** Returns which files each line would hide in the ignore file. */
  previewIgnore(root: string, lines: readonly string[], limit: number): Promise<readonly IgnorePreview[]> {
    return this.#supervisor.request(PreviewIgnore, { root, lines, limit });
  }

  doctor(root: string, compare: boolean): Promise<string> {
    return this.#supervisor.request(Doctor, { root, compare });
  }

  content(query: ContentQuery): Promise<ContentAnswer> {
    return this.#supervisor.request(Content, query);
  }

  /** The changesets that the second parent brings in. */
  pendingMerge(root: string, limit: number): Promise<PendingChangesets> {
    return this.#supervisor.request(PendingMerge, { root, limit });
  }

  parentSummaries(root: string): Promise<readonly ChangesetSummary[]> {
    return this.#supervisor.request(ParentSummaries, { root });
  }

  resolveRevision(root: string, revision: string): Promise<RevisionAnswer> {
    return this.#supervisor.request(ResolveRevision, { root, revision });
  }

  /** By the nodes of two changesets. */
  compareRevisions(query: { root: string; from: string; to: string; limit: number }): Promise<RevisionComparison> {
    return this.#supervisor.request(CompareRevisions, query);
  }

  /**
   * Runs a command of hg. Resolves when the result is published. Rejects if the engine dies meanwhile, because the
   * result is then unknown.
   */
  runHg(run: HgRun, token: CancellationToken): Promise<HgRunResult> {
    const request = (): Promise<HgRunResult> => this.#supervisor.request(RunHg, run, token);
    return run.kind === 'read' ? request() : this.#supervisor.keepAlive(request);
  }

  /** Finds the hg that would run. Starts it only to check its version. */
  findHg(checks: boolean): Promise<HgFound> {
    return this.#supervisor.request(FindHg, { checks });
  }

  /** Lost while the engine is down: its next start scans everything. */
  hint(root: string, paths: readonly string[]): void {
    this.#supervisor.notify(Hint, { root, paths });
  }

  focus(focused: boolean): void {
    this.#focused = focused;
    this.#supervisor.notify(Focus, { focused });
  }

  /** Sets the policy for starting hg; sent again when the engine starts again. */
  setHgPolicy(policy: HgPolicy): void {
    this.#hgPolicy = policy;
    this.#supervisor.notify(SetHgPolicy, policy);
  }

  /** Ends the engine if no repository is open, but not in the middle of a command; the next request starts it again. */
  stopIfIdle(): void {
    this.#supervisor.stopIfIdle();
  }

  /** Ends the engine as a crash would, for tests. */
  crash(): void {
    this.#supervisor.crash();
  }

  /** Ends the engine: at once, or after the commands that may change something. */
  dispose(): void {
    this.#isDisposed = true;
    this.#opened.clear();
    this.#supervisor.dispose();
  }

  #supervised(): SupervisedClient {
    const opened = this.#opened;
    return {
      get isNeeded() {
        return opened.size > 0;
      },
      listen: connection => this.#listen(connection),
      started: () => {
        if (!this.#focused) this.focus(false);
        if (this.#hgPolicy !== undefined) this.setHgPolicy(this.#hgPolicy);
      },
      startedAgain: () => this.#openAgain(),
      ended: () => this.#store.dispose(),
    };
  }

  #listen(connection: MessageConnection): void {
    connection.onNotification(DidUpdate, update => {
      if (this.#opened.has(update.root)) this.#didUpdate.fire(update);
    });
    connection.onNotification(DidChangeBase, change => {
      if (this.#opened.has(change.root)) this.#didChangeBase.fire(change);
    });
    connection.onNotification('history/didChange', ({ root }: { root: string }) => this.#didChangeHistory.fire(root));
    connection.onNotification(HgProgressed, progress => this.#didProgressHg.fire(progress));
    connection.onRequest(AskUser, (asked, token) => this.#options.ask?.(asked, token) ?? null);
    connection.onNotification(Log, ({ level, message }) => {
      // The log is closed after disposal.
      if (!this.#isDisposed) this.#options.log[level](message);
    });
  }

  #openAgain(): void {
    for (const options of this.#opened.values()) {
      this.open(options).catch((error: unknown) =>
        this.#options.log.error(`${options.root} could not be opened again: ${errorMessage(error)}`),
      );
    }
  }
}
