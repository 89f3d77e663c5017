// The window's side of the shared server: repositories whose model lives there. Requests and updates of such a
// repository are passed on. When the server is gone, or cannot follow a repository, the window's own engine takes
// over.
import { connect, type Socket } from 'node:net';
import { createMessageConnection, type CancellationToken, type MessageConnection } from 'vscode-jsonrpc/node';
import { Delay } from '../base/async.ts';
import { errorMessage } from '../base/errors.ts';
import type { Disposable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import {
  mountNamespace,
  PROTOCOL_MAJOR,
  PROTOCOL_MINOR,
  RuntimeDirectory,
  runtimeDirectoryPath,
} from '../daemon/runtimeDirectory.ts';
import type { Variables } from '../daemon/runtimeDirectory.ts';
import { SENT_VARIABLES } from '../daemon/shortForm.ts';
import { Decline, SayHello, Superseded, type Welcome } from './daemon/helloProtocol.ts';
import { LineReader, LineWriter } from './daemon/jsonLines.ts';
import * as protocol from './protocol.ts';

export interface SharedModelsOptions {
  readonly variables: Variables;
  readonly logger: Logger;
  /** Starts a server, and does not wait for it. */
  startServer(): void;
  /** Sends to the window what the server has sent about one of its repositories. */
  relay(method: string, params: unknown): void;
  /** The window's own engine has to follow this repository from now on. */
  takeOver(options: protocol.OpenOptions): void;
}

interface Link {
  readonly connection: MessageConnection;
  readonly socket: Socket;
}

const CONNECT_MS = 250;
/** A server that was just started listens within this time. */
const START_MS = 2000;
const START_LOOK_MS = 50;
/** A server that fails so often in this time is not used again. */
const MOST_LOSSES = 3;
const LOSSES_MS = 600_000;
/** Notifications of the server about a repository. */
const RELAYED = [protocol.DidUpdate.method, protocol.DidChangeBase.method] as const;

export class SharedModels implements Disposable {
  readonly #options: SharedModelsOptions;
  readonly #opened = new Map<string, protocol.OpenOptions>();
  #linking: Promise<Link | undefined> | undefined;
  #current: Link | undefined;
  #losses: number[] = [];
  #isDisposed = false;

  constructor(options: SharedModelsOptions) {
    this.#options = options;
  }

  /** True if the model of this root lives in the shared server. */
  serves(root: string): boolean {
    return this.#opened.has(root);
  }

  /** Has the server follow a repository, if that is wanted and there is a server. False: the caller has to. */
  async open(options: protocol.OpenOptions, rootId: string | undefined): Promise<boolean> {
    const { root, sharing = 'off', system = 'hg' } = options;
    if (sharing === 'off' || system !== 'hg' || rootId === undefined) return false;
    const link = await this.#connected(sharing === 'on');
    if (link === undefined) return false;
    const asked = { ...options, rootId };
    // Its first update may come before its answer.
    this.#opened.set(root, asked);
    try {
      await link.connection.sendRequest(protocol.Open.method, asked);
    } catch (error) {
      this.#opened.delete(root);
      this.#options.logger.info(`${root}: the shared server does not follow it (${errorMessage(error)})`);
      return false;
    }
    this.#options.logger.info(`${root}: its model is in the shared server`);
    return this.#opened.has(root);
  }

  /** Passes on a request about a root that {@link serves} is true of. */
  async request(method: string, params: unknown, token?: CancellationToken): Promise<unknown> {
    const link = this.#current;
    if (link === undefined) throw new Error('The shared server is gone.');
    if (method === protocol.Close.method) this.#opened.delete((params as { readonly root: string }).root);
    const answer: unknown = await link.connection.sendRequest(method, params, token);
    return method === protocol.Content.method ? withBytes(answer as protocol.ContentAnswer) : answer;
  }

  notify(method: string, params: unknown): void {
    // Lost with the server: whoever takes over scans everything.
    this.#current?.connection.sendNotification(method, params).catch(() => undefined);
  }

  /** After a command of hg: the events of its changes may still be on their way. */
  async followCommand(root: string, files: readonly string[], rescansAll: boolean): Promise<void> {
    try {
      if (rescansAll) {
        await this.request(protocol.Refresh.method, { root, cause: 'hg command' });
        return;
      }
      this.notify(protocol.Hint.method, { root, paths: ['.hg', ...files] });
      await this.request(protocol.Settle.method, { root });
    } catch (error) {
      // The window's own engine then scans everything.
      this.#options.logger.info(`${root}: the shared server did not follow a command (${errorMessage(error)})`);
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#opened.clear();
    this.#current?.socket.destroy();
    this.#current = undefined;
  }

  #connected(starts: boolean): Promise<Link | undefined> {
    if (this.#isDisposed || this.#losses.length >= MOST_LOSSES) return Promise.resolve(undefined);
    this.#linking ??= this.#connect(starts).then(link => {
      if (link === undefined) this.#linking = undefined;
      return link;
    });
    return this.#linking;
  }

  async #connect(starts: boolean): Promise<Link | undefined> {
    const place = runtimeDirectoryPath(this.#options.variables);
    if (place === undefined) return undefined;
    const directory = new RuntimeDirectory(place);
    const end = performance.now() + START_MS;
    let hasStarted = false;
    for (;;) {
      const socket = directory.isSafe() ? await connected(directory.address) : undefined;
      if (socket !== undefined) return this.#greet(socket);
      if (!starts || performance.now() > end || this.#isDisposed) return undefined;
      if (!hasStarted) this.#options.startServer();
      hasStarted = true;
      await pause(START_LOOK_MS);
    }
  }

  async #greet(socket: Socket): Promise<Link | undefined> {
    const connection = createMessageConnection(new LineReader(socket, undefined, MOST_MESSAGE), new LineWriter(socket));
    const link = { connection, socket };
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#lost(link, 'the connection ended'));
    for (const method of RELAYED) {
      connection.onNotification(method, (params: { readonly root: string }) => this.#relay(method, params));
    }
    connection.onNotification(Decline, ({ root, why }) => this.#giveBack(root, why));
    connection.onNotification(Superseded, () => this.#moveOn());
    connection.listen();
    const environment: Record<string, string> = {};
    for (const name of SENT_VARIABLES) {
      const value = this.#options.variables[name];
      if (value !== undefined) environment[name] = value;
    }
    const limit = new Delay(() => socket.destroy());
    limit.set(START_MS);
    try {
      const hello = { protocol: [PROTOCOL_MAJOR, PROTOCOL_MINOR], mount: mountNamespace(), environment } as const;
      const welcome: Welcome = await connection.sendRequest(SayHello, hello);
      this.#current = link;
      this.#options.logger.info(`connected to the shared server ${welcome.serverId} of version ${welcome.build}`);
      return link;
    } catch (error) {
      this.#options.logger.info(`the shared server cannot be used: ${errorMessage(error)}`);
      socket.destroy();
      return undefined;
    } finally {
      limit.dispose();
    }
  }

  #relay(method: string, params: { readonly root: string }): void {
    if (!this.#opened.has(params.root)) return;
    const update = method === protocol.DidUpdate.method ? (params as protocol.RepositoryUpdate) : undefined;
    // hg may answer instead, which the server never runs.
    const undecided = update?.changed.find(entry => entry.undecided !== undefined);
    if (update?.state.kind === 'refused') this.#giveBack(params.root, update.state.problem.message);
    else if (undecided?.undecided !== undefined) this.#giveBack(params.root, undecided.undecided);
    else this.#options.relay(method, params);
  }

  #giveBack(root: string, why: string): void {
    const options = this.#opened.get(root);
    if (options === undefined) return;
    this.#opened.delete(root);
    this.#current?.connection.sendRequest(protocol.Close.method, { root }).catch(() => undefined);
    this.#options.logger.info(`${root}: its model is in this window again (${why})`);
    this.#options.takeOver(options);
  }

  /** A newer server has the name: its models take some time, so each repository moves when it is open there. */
  #moveOn(): void {
    this.#current?.socket.end();
  }

  #lost(link: Link, why: string): void {
    link.connection.dispose();
    if (this.#current !== link) return;
    this.#current = undefined;
    this.#linking = undefined;
    const now = performance.now();
    this.#losses = [...this.#losses.filter(at => now - at < LOSSES_MS), now];
    this.#options.logger.warn(`the shared server is gone: ${why}`);
    const opened = [...this.#opened.values()];
    this.#opened.clear();
    if (!this.#isDisposed) for (const options of opened) this.#options.takeOver(options);
  }
}

/** A part of an update, or the content of a file. */
const MOST_MESSAGE = 256 << 20;

function withBytes(answer: protocol.ContentAnswer): protocol.ContentAnswer {
  if (answer.kind !== 'content' || answer.base64 === undefined) return answer;
  const { base64, ...rest } = answer;
  return { ...rest, bytes: new Uint8Array(Buffer.from(base64, 'base64')) };
}

function connected(address: string): Promise<Socket | undefined> {
  return new Promise(resolve => {
    const socket = connect(address);
    const limit = new Delay(() => finish(undefined));
    const finish = (result: Socket | undefined): void => {
      limit.dispose();
      socket.removeAllListeners('error');
      socket.removeAllListeners('connect');
      socket.on('error', () => socket.destroy());
      if (result === undefined) socket.destroy();
      resolve(result);
    };
    limit.set(CONNECT_MS);
    socket.on('connect', () => finish(socket));
    socket.on('error', () => finish(undefined));
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => new Delay(resolve).set(milliseconds));
}
