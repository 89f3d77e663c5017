// The engine's worker thread, seen from the extension host: started when first needed, started again when it dies, with
// the same repositories open. Knows nothing of `vscode`.
import * as path from 'node:path';
import { Worker, type ResourceLimits } from 'node:worker_threads';
import {
  createMessageConnection,
  type CancellationToken,
  PortMessageReader,
  PortMessageWriter,
  type MessageConnection,
  type MessageReader,
  type MessageWriter,
  type NotificationType,
  type RequestParam,
  type RequestType,
} from 'vscode-jsonrpc/node';
import { errorMessage } from '../../base/errors.ts';
import { DisposableStore, Emitter, toDisposable, type Disposable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/log.ts';
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
  type FoundRepository,
  type HgPolicy,
  type IgnoreExplanation,
  type IgnorePreview,
  type OpenOptions,
  type PendingChangesets,
  type RepositoryUpdate,
  type RevisionAnswer,
  type RevisionComparison,
} from '../../server/protocol.ts';

/** Waiting before the engine is started again: half a second, then four times as long each time, a minute at most. */
const FIRST_RESTART_DELAY = 500;
const RESTART_DELAY_FACTOR = 4;
const LONGEST_RESTART_DELAY = 60_000;
/** An engine that lived so long had no trouble starting: the next delay is the first again. */
const STABLE_AFTER = 60_000;

/**
 * Megabytes of short-lived objects before Node collects them; its default allows 48 MB. The engine works in typed
 * arrays, so a quarter of that costs it no measurable time.
 */
const YOUNG_GENERATION_MB = 12;

/** Milliseconds to wait after the `deaths`-th death in a row, from 1. */
export function restartDelay(deaths: number): number {
  return Math.min(FIRST_RESTART_DELAY * RESTART_DELAY_FACTOR ** (deaths - 1), LONGEST_RESTART_DELAY);
}

/** A running engine. */
export interface EngineProcess {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  /** Called once, when it has ended by itself or by {@link terminate}. */
  onDidEnd(listener: (reason: string) => void): void;
  terminate(): void;
}

/**
 * Starts the engine's bundle in a worker thread. Its output goes to the log, because nothing else shows it. Node gives
 * a thread as much memory as a process, unless `resourceLimits` allow less. A thread out of memory ends alone.
 */
export function startWorker(file: string, log: Logger, resourceLimits?: ResourceLimits): EngineProcess {
  const worker = new Worker(file, {
    name: 'Quicksilver',
    stdout: true,
    stderr: true,
    workerData: { programs: path.dirname(file) },
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB, ...resourceLimits },
  });
  worker.stdout.setEncoding('utf8').on('data', (text: string) => log.info(text.trimEnd()));
  worker.stderr.setEncoding('utf8').on('data', (text: string) => log.warn(text.trimEnd()));
  let error: unknown;
  worker.on('error', thrown => (error = thrown));
  return {
    reader: new PortMessageReader(worker),
    writer: new PortMessageWriter(worker),
    onDidEnd: listener =>
      worker.once('exit', code => listener(error === undefined ? `exit code ${code}` : errorMessage(error))),
    terminate: () => void worker.terminate(),
  };
}

interface Running {
  readonly process: EngineProcess;
  readonly connection: MessageConnection;
  readonly startedAt: number;
}

export interface EngineClientOptions {
  start(): EngineProcess;
  readonly log: Logger;
  /** Passes a question of hg to the user; null for no answer. */
  ask?(asked: HgAsked, token: CancellationToken): Promise<string | null>;
  schedule(milliseconds: number, callback: () => void): Disposable;
  now(): number;
}

export class EngineClient implements Disposable {
  readonly #options: EngineClientOptions;
  readonly #store = new DisposableStore();
  readonly #opened = new Map<string, OpenOptions>();
  readonly #didUpdate = this.#store.add(new Emitter<RepositoryUpdate>());
  readonly #didDie = this.#store.add(new Emitter<{ readonly reason: string; readonly deaths: number }>());
  readonly #didChangeBase = this.#store.add(
    new Emitter<{ readonly root: string; readonly paths: readonly string[] }>(),
  );
  readonly #didProgressHg = this.#store.add(new Emitter<HgDidProgress>());
  #running: Running | undefined;
  #restart: Disposable | undefined;
  #waiting: ((connection: MessageConnection) => void)[] = [];
  #deaths = 0;
  #focused = true;
  #hgPolicy: HgPolicy | undefined;
  /** How many commands that may change something run: ended with the engine, they would be cut off in the middle. */
  #changing = 0;
  #isDisposed = false;
  #stopsLater = false;
  #tellEnded: () => void = () => undefined;
  /** Resolves after disposal, when the engine has received the request to end. */
  readonly ended = new Promise<void>(resolve => (this.#tellEnded = resolve));

  readonly onDidUpdate = this.#didUpdate.event;
  /** The base of these files, which were requested before, has changed. Not fired when the engine starts again. */
  readonly onDidChangeBase = this.#didChangeBase.event;
  /** The engine ended although nobody asked it to. It is started again after a while. */
  readonly onDidDie = this.#didDie.event;
  readonly onDidProgressHg = this.#didProgressHg.event;

  constructor(options: EngineClientOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  findRoot(path: string, systems: readonly string[]): Promise<FoundRepository | null> {
    return this.#request(FindRoot, { path, systems });
  }

  discover(query: DiscoverQuery): Promise<readonly FoundRepository[]> {
    return this.#request(Discover, query);
  }

  /** Follows a repository until {@link close}, over restarts too. */
  async open(options: OpenOptions): Promise<void> {
    this.#opened.set(options.root, options);
    // A starting engine receives all open repositories as soon as it runs.
    if (this.#restart !== undefined) return;
    await this.#request(Open, options);
  }

  async close(root: string): Promise<void> {
    if (!this.#opened.delete(root)) return;
    await this.#running?.connection.sendRequest(Close, { root });
  }

  async refresh(root: string, cause: string): Promise<void> {
    await this.#request(Refresh, { root, cause });
  }

  async settle(root: string): Promise<void> {
    await this.#request(Settle, { root });
  }

  explainIgnored(root: string, path: string): Promise<IgnoreExplanation | null> {
    return this.#request(ExplainIgnored, { root, path });
  }

  /** Returns which files each line would hide in the ignore file. */
  previewIgnore(root: string, lines: readonly string[], limit: number): Promise<readonly IgnorePreview[]> {
    return this.#request(PreviewIgnore, { root, lines, limit });
  }

  doctor(root: string, compare: boolean): Promise<string> {
    return this.#request(Doctor, { root, compare });
  }

  content(query: ContentQuery): Promise<ContentAnswer> {
    return this.#request(Content, query);
  }

  /** The changesets that the second parent brings in. */
  pendingMerge(root: string, limit: number): Promise<PendingChangesets> {
    return this.#request(PendingMerge, { root, limit });
  }

  parentSummaries(root: string): Promise<readonly ChangesetSummary[]> {
    return this.#request(ParentSummaries, { root });
  }

  resolveRevision(root: string, revision: string): Promise<RevisionAnswer> {
    return this.#request(ResolveRevision, { root, revision });
  }

  /** By the nodes of two changesets. */
  compareRevisions(query: { root: string; from: string; to: string; limit: number }): Promise<RevisionComparison> {
    return this.#request(CompareRevisions, query);
  }

  /**
   * Runs a command of hg. Resolves when the result is published. Rejects if the engine dies meanwhile, because the
   * result is then unknown.
   */
  async runHg(run: HgRun, token: CancellationToken): Promise<HgRunResult> {
    const changes = run.kind !== 'read';
    if (changes) this.#changing++;
    try {
      return await this.#request(RunHg, run, token);
    } finally {
      if (changes) this.#changing--;
      if (this.#changing === 0 && this.#isDisposed) this.#endForGood();
      else if (this.#stopsLater) this.stopIfIdle();
    }
  }

  /** Finds the hg that would run. Starts it only to check its version. */
  findHg(checks: boolean): Promise<HgFound> {
    return this.#request(FindHg, { checks });
  }

  /** Lost while the engine is down: its next start scans everything. */
  hint(root: string, paths: readonly string[]): void {
    this.#notify(Hint, { root, paths });
  }

  focus(focused: boolean): void {
    this.#focused = focused;
    this.#notify(Focus, { focused });
  }

  /** Sets the policy for starting hg; sent again when the engine starts again. */
  setHgPolicy(policy: HgPolicy): void {
    this.#hgPolicy = policy;
    this.#notify(SetHgPolicy, policy);
  }

  /** Ends the engine if no repository is open, but not in the middle of a command; the next request starts it again. */
  stopIfIdle(): void {
    this.#stopsLater = this.#changing > 0;
    if (this.#opened.size > 0 || this.#stopsLater) return;
    this.#options.log.trace('the engine ends: no repository is open');
    this.#end();
  }

  /** Ends the engine as if by itself, which nobody but a test wants. */
  crash(): void {
    this.#running?.process.terminate();
  }

  /** At once, or when the commands have ended that may be changing something. */
  dispose(): void {
    this.#isDisposed = true;
    this.#opened.clear();
    if (this.#changing === 0 || this.#running === undefined) this.#endForGood();
  }

  #endForGood(): void {
    this.#end();
    this.#store.dispose();
    this.#tellEnded();
  }

  #end(): void {
    this.#restart?.dispose();
    this.#restart = undefined;
    const running = this.#running;
    this.#running = undefined;
    running?.connection.dispose();
    running?.process.terminate();
  }

  async #request<P, R>(
    type: RequestType<P, R, void>,
    parameters: RequestParam<P>,
    token?: CancellationToken,
  ): Promise<R> {
    if (this.#running === undefined && this.#restart === undefined) this.#start();
    const running = this.#running;
    const connection =
      running?.connection ?? (await new Promise<MessageConnection>(resolve => this.#waiting.push(resolve)));
    return connection.sendRequest(type, parameters, token);
  }

  #notify<P>(type: NotificationType<P>, parameters: RequestParam<P>): void {
    this.#running?.connection
      .sendNotification(type, parameters)
      .catch((error: unknown) => this.#options.log.warn(`a message did not reach the engine: ${errorMessage(error)}`));
  }

  #start(): void {
    const process = this.#options.start();
    const connection = createMessageConnection(process.reader, process.writer);
    const running: Running = { process, connection, startedAt: this.#options.now() };
    this.#running = running;
    this.#store.add(toDisposable(() => connection.dispose()));
    connection.onNotification(DidUpdate, update => {
      if (this.#opened.has(update.root)) this.#didUpdate.fire(update);
    });
    connection.onNotification(DidChangeBase, change => {
      if (this.#opened.has(change.root)) this.#didChangeBase.fire(change);
    });
    connection.onNotification(HgProgressed, progress => this.#didProgressHg.fire(progress));
    connection.onRequest(AskUser, (asked, token) => this.#options.ask?.(asked, token) ?? null);
    connection.onNotification(Log, ({ level, message }) => {
      // There is no log any more afterwards.
      if (!this.#isDisposed) this.#options.log[level](message);
    });
    connection.onError(([error]) => this.#options.log.error(`the engine's messages: ${error.message}`));
    connection.onUnhandledNotification(({ method }) => this.#options.log.warn(`the engine sent an unknown ${method}`));
    connection.listen();
    process.onDidEnd(reason => this.#ended(running, reason));
    if (!this.#focused) this.focus(false);
    if (this.#hgPolicy !== undefined) this.setHgPolicy(this.#hgPolicy);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve(connection);
  }

  #ended(running: Running, reason: string): void {
    if (this.#running !== running) return;
    this.#running = undefined;
    running.connection.dispose();
    if (this.#isDisposed) return;
    this.#deaths = this.#options.now() - running.startedAt >= STABLE_AFTER ? 1 : this.#deaths + 1;
    const delay = restartDelay(this.#deaths);
    this.#options.log.error(`the engine ended unexpectedly (${reason}); it starts again in ${delay / 1000} s`);
    this.#restart = this.#options.schedule(delay, () => this.#startAgain());
    this.#didDie.fire({ reason, deaths: this.#deaths });
  }

  #startAgain(): void {
    this.#restart = undefined;
    // Nobody needs it: the next request starts it.
    if (this.#opened.size === 0 && this.#waiting.length === 0) return;
    this.#start();
    for (const options of this.#opened.values()) {
      this.open(options).catch((error: unknown) =>
        this.#options.log.error(`${options.root} could not be opened again: ${errorMessage(error)}`),
      );
    }
  }
}
