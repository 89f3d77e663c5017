// Keeps the engine alive: starts it with the first request, starts it again when it dies, and ends it when it is idle.
// Knows the engine's connection, but no request.
import {
  createMessageConnection,
  type CancellationToken,
  type MessageConnection,
  type NotificationType,
  type RequestParam,
  type RequestType,
} from 'vscode-jsonrpc/node';
import { errorMessage } from '../../base/errors.ts';
import { Emitter, type Disposable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/log.ts';
import type { EngineProcess } from './engineTransport.ts';

/** Milliseconds before the engine starts again: four times as long after each death, up to a minute. */
const FIRST_RESTART_DELAY = 500;
const RESTART_DELAY_FACTOR = 4;
const LONGEST_RESTART_DELAY = 60_000;
/** Milliseconds of life after which a start counts as a success: the next delay is the first again. */
const STABLE_AFTER = 60_000;

/** Milliseconds to wait after the `deaths`-th death in a row, from 1. */
export function restartDelay(deaths: number): number {
  return Math.min(FIRST_RESTART_DELAY * RESTART_DELAY_FACTOR ** (deaths - 1), LONGEST_RESTART_DELAY);
}

interface Running {
  readonly process: EngineProcess;
  readonly connection: MessageConnection;
  readonly startedAt: number;
}

export interface EngineStart {
  start(): EngineProcess;
  readonly log: Logger;
  schedule(milliseconds: number, callback: () => void): Disposable;
  now(): number;
}

/** The client's part in the life of an engine. */
export interface SupervisedClient {
  /** True while the client has open repositories. */
  readonly isNeeded: boolean;
  /** Registers the client's handlers on a connection that does not listen yet. */
  listen(connection: MessageConnection): void;
  /** Sends the client's settings to an engine that has just started, before any request. */
  started(): void;
  /** Sends the client's repositories to an engine that has started again after a death. */
  startedAgain(): void;
  /** The engine has ended for good. */
  ended(): void;
}

export class EngineSupervisor implements Disposable {
  readonly #options: EngineStart;
  readonly #client: SupervisedClient;
  readonly #didDie = new Emitter<{ readonly reason: string; readonly deaths: number }>();
  #running: Running | undefined;
  #restart: Disposable | undefined;
  #waiting: ((connection: MessageConnection) => void)[] = [];
  #deaths = 0;
  /** Commands that may change something: ended with the engine, they would be cut off in the middle. */
  #changing = 0;
  #isDisposed = false;
  #stopsLater = false;
  #resolveEnded: () => void = () => undefined;
  /** Resolves after disposal, when the engine has received the request to end. */
  readonly ended = new Promise<void>(resolve => (this.#resolveEnded = resolve));
  /** The engine has ended by itself. It starts again after a while. */
  readonly onDidDie = this.#didDie.event;

  constructor(options: EngineStart, client: SupervisedClient) {
    this.#options = options;
    this.#client = client;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** True between a death and the next start. */
  get isRestarting(): boolean {
    return this.#restart !== undefined;
  }

  /** Starts the engine if necessary; after a death, waits for its next start. Throws after disposal. */
  async request<P, R>(
    type: RequestType<P, R, void>,
    parameters: RequestParam<P>,
    token?: CancellationToken,
  ): Promise<R> {
    if (this.#running === undefined && this.#isDisposed) throw new Error('the engine has ended');
    if (this.#running === undefined && this.#restart === undefined) this.#start();
    const running = this.#running;
    const connection =
      running?.connection ?? (await new Promise<MessageConnection>(resolve => this.#waiting.push(resolve)));
    return connection.sendRequest(type, parameters, token);
  }

  /** Resolves with undefined, without a request, if the engine is not running. */
  async requestIfRunning<P, R>(type: RequestType<P, R, void>, parameters: RequestParam<P>): Promise<R | undefined> {
    return this.#running?.connection.sendRequest(type, parameters);
  }

  /** Does nothing if the engine is not running. */
  notify<P>(type: NotificationType<P>, parameters: RequestParam<P>): void {
    this.#running?.connection
      .sendNotification(type, parameters)
      .catch((error: unknown) => this.#options.log.warn(`a message did not reach the engine: ${errorMessage(error)}`));
  }

  /** Does work that must not be cut off: neither {@link stopIfIdle} nor {@link dispose} ends the engine meanwhile. */
  async keepAlive<T>(work: () => Promise<T>): Promise<T> {
    this.#changing++;
    try {
      return await work();
    } finally {
      this.#changing--;
      if (this.#changing === 0 && this.#isDisposed) this.#endForGood();
      else if (this.#stopsLater) this.stopIfIdle();
    }
  }

  /** Ends the engine if no repository is open, but not in the middle of a command; the next request starts it again. */
  stopIfIdle(): void {
    this.#stopsLater = this.#changing > 0;
    if (this.#client.isNeeded || this.#stopsLater) return;
    this.#options.log.trace('the engine ends: no repository is open');
    this.#end();
  }

  /** Ends the engine as a crash would, for tests. */
  crash(): void {
    this.#running?.process.terminate();
  }

  /** Ends the engine: at once, or after the commands that may change something. */
  dispose(): void {
    this.#isDisposed = true;
    if (this.#changing === 0 || this.#running === undefined) this.#endForGood();
  }

  #endForGood(): void {
    this.#end();
    this.#didDie.dispose();
    this.#client.ended();
    this.#resolveEnded();
  }

  #end(): void {
    this.#restart?.dispose();
    this.#restart = undefined;
    const running = this.#running;
    this.#running = undefined;
    running?.connection.dispose();
    running?.process.terminate();
  }

  #start(): void {
    const process = this.#options.start();
    const connection = createMessageConnection(process.reader, process.writer);
    const running: Running = { process, connection, startedAt: this.#options.now() };
    this.#running = running;
    this.#client.listen(connection);
    connection.onError(([error]) => this.#options.log.error(`the engine's messages: ${error.message}`));
    connection.onUnhandledNotification(({ method }) => this.#options.log.warn(`the engine sent an unknown ${method}`));
    connection.listen();
    process.onDidEnd(reason => this.#ended(running, reason));
    this.#client.started();
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
    // Without any need for it, the next request starts it.
    if (!this.#client.isNeeded && this.#waiting.length === 0) return;
    this.#start();
    this.#client.startedAgain();
  }
}
