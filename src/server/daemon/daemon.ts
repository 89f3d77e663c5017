// The shared server: one process per user that holds live models for windows, terminals and other tools. It only reads:
// it starts no program, takes no lock, and writes nothing outside of its runtime directory.
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { version } from '../../../package.json';
import { Delay } from '../../base/async.ts';
import { errorMessage } from '../../base/errors.ts';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/log.ts';
import { mountNamespace, type RuntimeDirectory } from '../../daemon/runtimeDirectory.ts';
import { isClientProof, serverProof } from '../../daemon/proof.ts';
import { decodeRequest, MOST_REQUEST_BYTES, withProof } from '../../daemon/shortForm.ts';
import { Hub } from '../hub.ts';
import { refusal } from './shortAnswers.ts';
import { clientEnvironment } from './clientEnvironment.ts';
import { infoLines } from './info.ts';
import { Listener } from './listener.ts';
import { Models, type ModelLimits } from './models.ts';
import { retire } from './retire.ts';
import { isOwnPeer } from './peerUser.ts';
import { RpcClient } from './rpcClient.ts';
import { answerShortly, type ShortRequestContext } from './shortRequests.ts';

export interface DaemonOptions extends ModelLimits {
  readonly directory: RuntimeDirectory;
  readonly logger: Logger;
  /** It ends when there was no model and no connection for so long. */
  readonly idleMs: number;
  /** The version of this program. Default: that of the package. */
  readonly version?: string;
  /** Names the private socket. Default: the number of the process. */
  readonly process?: number;
  /** A client that begins JSON-RPC without `hello`, or leaves an answer unread, is dropped after so long. */
  readonly patienceMs?: number;
  /** Tests force a race with it. */
  readonly beforeRename?: () => Promise<void>;
}

/** Connections at one time; the next one is closed at once. */
const MOST_CONNECTIONS = 32;
/** Who connects and sends nothing is dropped. */
const SILENT_MS = 5000;
const PATIENCE_MS = 30_000;
/** JSON-RPC begins with it, the short form does not. */
const OPEN_BRACE = 0x7b;
const IDLE_LOOK_MS = 1000;
const HG_NAME = process.platform === 'win32' ? 'hg.exe' : 'hg';

export class Daemon implements Disposable {
  readonly serverId = randomBytes(8).toString('hex');
  readonly #version: string;
  readonly #options: DaemonOptions;
  readonly #owned = new DisposableStore();
  readonly #hub: Hub;
  readonly #models: Models;
  readonly #listener: Listener;
  readonly #sockets = new Set<Socket>();
  readonly #rpcClients = new Set<RpcClient>();
  readonly #idleLook: Delay;
  readonly #startedAt = Date.now();
  #busyAt = performance.now();
  #answered = 0;
  #isEnding = false;
  #end: (why: string) => void = () => undefined;

  /** Resolves with the reason when the server has ended. */
  readonly ended = new Promise<string>(resolve => (this.#end = resolve));

  constructor(options: DaemonOptions) {
    this.#options = options;
    this.#version = options.version ?? version;
    this.#hub = this.#owned.add(new Hub(options.logger));
    this.#models = this.#owned.add(new Models(this.#hub, this.serverId, options));
    this.#listener = this.#owned.add(
      new Listener({
        directory: options.directory,
        process: options.process ?? process.pid,
        takesOver: door => retire(door, this.#version),
        onConnection: socket => this.#serve(socket),
        ...(options.beforeRename && { beforeRename: options.beforeRename }),
      }),
    );
    this.#owned.add(
      this.#listener.onDidLose(why => {
        this.#hub.logger.info(`no more connections: ${why}`);
        this.#isEnding = true;
        for (const client of this.#rpcClients) client.supersede(why);
        this.#look();
      }),
    );
    this.#idleLook = this.#owned.add(new Delay(() => this.#look()));
  }

  /** Resolves with false if another server runs; then this one is over. */
  async start(): Promise<boolean> {
    const isListening = await this.#listener.listen();
    if (!isListening) {
      this.#finish('another server runs');
      return false;
    }
    this.#hub.logger.info(`server ${this.serverId} of version ${this.#version} listens, process ${process.pid}`);
    this.#idleLook.set(IDLE_LOOK_MS);
    return true;
  }

  dispose(): void {
    this.#finish('stopped');
  }

  #finish(why: string): void {
    if (this.#owned.isDisposed) return;
    this.#owned.dispose();
    for (const socket of this.#sockets) socket.destroy();
    this.#end(why);
  }

  /** Ends the server if there is nothing left to do. */
  #look(): void {
    if (this.#owned.isDisposed) return;
    const now = performance.now();
    const isBusy = this.#sockets.size > 0 || (!this.#isEnding && this.#hub.all.length > 0);
    if (isBusy) this.#busyAt = now;
    if (!isBusy && this.#isEnding) this.#finish('superseded');
    else if (now - this.#busyAt >= this.#options.idleMs) this.#finish('idle');
    else this.#idleLook.set(Math.min(IDLE_LOOK_MS, this.#options.idleMs));
  }

  #serve(socket: Socket): void {
    // A client that hangs up must not end the server.
    socket.on('error', () => socket.destroy());
    if (!isOwnPeer(socket)) {
      this.#hub.logger.warn('another user has connected, and was dropped');
      socket.destroy();
      return;
    }
    if (this.#sockets.size >= MOST_CONNECTIONS || this.#owned.isDisposed) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    const silence = new Delay(() => socket.destroy());
    silence.set(SILENT_MS);
    socket.on('close', () => {
      silence.dispose();
      this.#sockets.delete(socket);
      if (this.#isEnding) this.#look();
    });
    const { patienceMs = PATIENCE_MS } = this.#options;
    const finish = (answer: string): void => {
      silence.set(patienceMs);
      // A client that is stopped would keep the connection. Where the system keeps an answer for it, that is over.
      socket.end(answer, 'latin1', () => {
        if (process.platform !== 'win32') socket.destroy();
      });
    };
    let received: Buffer = Buffer.alloc(0);
    const take = (bytes: Buffer): void => {
      received = received.length === 0 ? bytes : Buffer.concat([received, bytes]);
      if (received[0] === OPEN_BRACE) {
        socket.off('data', take);
        silence.set(patienceMs);
        this.#serveRpc(socket, received, () => silence.cancel());
        return;
      }
      const request = decodeRequest(received.toString('latin1'));
      if (request === undefined && received.length <= MOST_REQUEST_BYTES) return;
      socket.off('data', take);
      silence.cancel();
      const { secret } = this.#listener;
      const sent = typeof request === 'object' ? request.values : undefined;
      const nonce = sent?.get('nonce') ?? '';
      if (secret !== undefined && !isClientProof(secret, nonce, sent?.get('proof'))) {
        // A program of another user learns nothing.
        socket.destroy();
        return;
      }
      if (request === undefined || typeof request === 'string') {
        finish(refusal(request ?? 'the request is too long'));
        return;
      }
      this.#answered++;
      answerShortly(request, this.#context(socket)).then(
        answer => finish(secret === undefined ? answer : withProof(answer, serverProof(secret, nonce))),
        (error: unknown) => {
          this.#hub.logger.error(error instanceof Error ? (error.stack ?? error.message) : errorMessage(error));
          if (secret === undefined) finish(refusal(errorMessage(error)));
          else socket.destroy();
        },
      );
    };
    socket.on('data', take);
  }

  #serveRpc(socket: Socket, received: Buffer, onWelcome: () => void): void {
    const { mount, environment } = this.#context(socket);
    const { secret } = this.#listener;
    const client = new RpcClient(socket, received, {
      ...(secret !== undefined && { secret }),
      ...{ hub: this.#hub, models: this.#models, serverId: this.serverId, version: this.#version, mount, environment },
      onClosing: repository => {
        if (!this.#owned.isDisposed && !this.#isEnding) this.#models.keep(repository);
      },
      hasRoom: () => this.#models.hasRoom(),
      onWelcome,
    });
    this.#rpcClients.add(client);
    socket.on('close', () => this.#rpcClients.delete(client));
  }

  #context(socket: Socket): ShortRequestContext {
    const { vfs } = this.#hub;
    return {
      vfs,
      models: this.#models,
      mount: mountNamespace(),
      serverId: this.serverId,
      version: this.#version,
      environment: variables =>
        clientEnvironment(variables, directory => vfs.identity(`${directory}/${HG_NAME}`) !== undefined),
      info: () =>
        infoLines({
          hub: this.#hub,
          serverId: this.serverId,
          version: this.#version,
          secondsUp: (Date.now() - this.#startedAt) / 1000,
          connections: this.#sockets.size,
          answered: this.#answered,
          idleSeconds: this.#options.idleMs / 1000,
          memoryLimitBytes: this.#options.memoryBytes,
        }),
      retire: newer => {
        this.#hub.logger.info(`version ${newer} takes over`);
        this.#listener.checkSoon();
      },
      stop: () => void socket.on('close', () => this.#finish('asked to stop')),
    };
  }
}
