// The window's side of the shared server: repositories whose model lives there. Requests and updates of such a
// repository are passed on. When the server is gone, or cannot follow a repository, the window's own engine takes
// over. When a newer server takes the name, each repository moves as soon as its model is ready there.
import type { CancellationToken } from 'vscode-jsonrpc';
import { version } from '../../package.json';
import { Delay } from '../base/async.ts';
import { errorMessage } from '../base/errors.ts';
import type { Disposable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { Variables } from '../daemon/runtimeDirectory.ts';
import { isNewer } from '../daemon/versions.ts';
import * as protocol from './protocol.ts';
import { connectToServer, greet, type Notice, type ServerLink } from './serverLink.ts';

export interface SharedModelsOptions {
  readonly variables: Variables;
  readonly logger: Logger;
  /** The version of this program. Default: that of the package. */
  readonly version?: string;
  /** True if a server may be started for this repository. */
  mayStart(options: protocol.OpenOptions): boolean;
  /** Starts a server, and does not wait for it. An older one hands over to it. */
  startServer(limits: protocol.ServerLimits | undefined): void;
  /** Sends to the window what the server has sent about one of its repositories. */
  relay(method: string, params: unknown): void;
  /** The window's own engine has to follow this repository from now on. */
  takeOver(options: protocol.OpenOptions): void;
}

/** A repository whose model lives in a server. */
interface Opened {
  readonly options: protocol.OpenOptions;
  readonly link: ServerLink;
}

/** A repository on its way to another server, and everything that one has sent so far. */
interface Moving {
  readonly link: ServerLink;
  readonly notices: Notice[];
}

/** A server that was just started listens within this time. */
const START_MS = 2000;
const START_LOOK_MS = 50;
/** A server that fails so often in this time is not used again. */
const MOST_LOSSES = 3;
const LOSSES_MS = 600_000;

export class SharedModels implements Disposable {
  readonly #options: SharedModelsOptions;
  readonly #opened = new Map<string, Opened>();
  readonly #moving = new Map<string, Moving>();
  #linking: Promise<ServerLink | undefined> | undefined;
  /** Repositories are opened through it. */
  #current: ServerLink | undefined;
  #losses: number[] = [];
  #limits: protocol.ServerLimits | undefined;
  #hasReplaced = false;
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
    this.#limits = options.serverLimits;
    const link = await this.#connected(this.#options.mayStart(options));
    if (link === undefined) return false;
    const asked = { ...options, rootId };
    // Its first update may come before its answer.
    this.#opened.set(root, { options: asked, link });
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
    const { root } = params as { readonly root: string };
    const link = this.#opened.get(root)?.link;
    if (link === undefined) throw new Error('The shared server is gone.');
    if (method === protocol.Close.method) {
      this.#opened.delete(root);
      this.#stopMoving(root);
    }
    const answer: unknown = await link.connection.sendRequest(method, params, token);
    return method === protocol.Content.method ? withBytes(answer as protocol.ContentAnswer) : answer;
  }

  /** @param root undefined for a notification that concerns all repositories */
  notify(method: string, params: unknown, root?: string): void {
    const opened = root === undefined ? [...this.#opened.values()] : [this.#opened.get(root)];
    const links = new Set(opened.map(each => each?.link));
    // Lost with the server: whoever takes over scans everything.
    for (const link of links) link?.connection.sendNotification(method, params).catch(() => undefined);
  }

  /** After a command of hg: the events of its changes may still be on their way. */
  async followCommand(root: string, files: readonly string[], rescansAll: boolean): Promise<void> {
    try {
      if (rescansAll) {
        await this.request(protocol.Refresh.method, { root, cause: 'hg command' });
        return;
      }
      this.notify(protocol.Hint.method, { root, paths: ['.hg', ...files] }, root);
      await this.request(protocol.Settle.method, { root });
    } catch (error) {
      // The window's own engine then scans everything.
      this.#options.logger.info(`${root}: the shared server did not follow a command (${errorMessage(error)})`);
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    const links = [this.#current, ...[...this.#opened.values(), ...this.#moving.values()].map(({ link }) => link)];
    this.#opened.clear();
    this.#moving.clear();
    this.#current = undefined;
    for (const link of links) link?.socket.destroy();
  }

  #connected(starts: boolean): Promise<ServerLink | undefined> {
    if (this.#isDisposed || this.#losses.length >= MOST_LOSSES) return Promise.resolve(undefined);
    this.#linking ??= this.#connect(starts).then(link => {
      if (link === undefined) this.#linking = undefined;
      return link;
    });
    return this.#linking;
  }

  async #connect(starts: boolean): Promise<ServerLink | undefined> {
    const { variables, logger } = this.#options;
    const end = performance.now() + START_MS;
    let hasStarted = false;
    for (;;) {
      const socket = await connectToServer(variables);
      if (this.#isDisposed) socket?.destroy();
      else if (socket !== undefined) {
        try {
          return this.#use(await greet(socket, variables, this.#events));
        } catch (error) {
          logger.info(`the shared server cannot be used: ${errorMessage(error)}`);
          return undefined;
        }
      }
      if (!starts || performance.now() > end || this.#isDisposed) return undefined;
      if (!hasStarted) this.#options.startServer(this.#limits);
      hasStarted = true;
      await pause(START_LOOK_MS);
    }
  }

  #use(link: ServerLink): ServerLink | undefined {
    if (this.#isDisposed || link.socket.destroyed) {
      link.socket.destroy();
      return undefined;
    }
    this.#current = link;
    const { serverId, build } = link.welcome;
    this.#options.logger.info(`connected to the shared server ${serverId} of version ${build}`);
    if (isNewer(this.#options.version ?? version, build) && !this.#hasReplaced) {
      // The older one hands over to it, and notifies its clients.
      this.#hasReplaced = true;
      this.#options.startServer(this.#limits);
    }
    return link;
  }

  readonly #events = {
    onNotice: (link: ServerLink, notice: Notice) => this.#take(link, notice),
    onDecline: (link: ServerLink, root: string, why: string) => this.#giveBack(link, root, why),
    onSuperseded: (link: ServerLink) => void this.#moveFrom(link),
    onClosed: (link: ServerLink) => this.#lost(link),
  };

  #take(link: ServerLink, notice: Notice): void {
    const { method, params } = notice;
    const { root } = params;
    const update = method === protocol.DidUpdate.method ? (params as protocol.RepositoryUpdate) : undefined;
    const moving = this.#moving.get(root);
    if (moving?.link === link) {
      moving.notices.push(notice);
      if (update?.settled === true || update?.state.kind === 'refused') this.#arrive(root, moving);
      return;
    }
    if (this.#opened.get(root)?.link !== link) return;
    // hg may answer instead, which the server never runs.
    const undecided = update?.changed.find(entry => entry.undecided !== undefined);
    if (update?.state.kind === 'refused') this.#giveBack(link, root, update.state.problem.message);
    else if (undecided?.undecided !== undefined) this.#giveBack(link, root, undecided.undecided);
    else this.#options.relay(method, params);
  }

  /** The window's own engine follows the repository, unless it only was on its way to this server. */
  #giveBack(link: ServerLink, root: string, why: string): void {
    if (this.#moving.get(root)?.link === link) this.#moving.delete(root);
    const opened = this.#opened.get(root);
    if (opened?.link !== link) return;
    this.#opened.delete(root);
    close(link, root);
    this.#options.logger.info(`${root}: its model is in this window again (${why})`);
    this.#options.takeOver(opened.options);
  }

  /** A newer server has the name. Until a model is ready there, the older one goes on with it. */
  async #moveFrom(old: ServerLink): Promise<void> {
    if (this.#current === old) this.#linking = this.#current = undefined;
    const next = await this.#connected(false);
    if (next === undefined || next === old) return;
    for (const [root, { options, link }] of this.#opened) {
      if (link !== old) continue;
      const moving: Moving = { link: next, notices: [] };
      this.#moving.set(root, moving);
      next.connection.sendRequest(protocol.Open.method, options).catch((error: unknown) => {
        if (this.#moving.get(root) === moving) this.#moving.delete(root);
        this.#options.logger.info(`${root}: the newer server does not follow it (${errorMessage(error)})`);
      });
    }
    this.#endIfUnused(old);
  }

  #arrive(root: string, { link, notices }: Moving): void {
    this.#moving.delete(root);
    const opened = this.#opened.get(root);
    if (opened === undefined) return;
    this.#opened.set(root, { ...opened, link });
    close(opened.link, root);
    this.#options.logger.info(`${root}: its model is in the newer server`);
    for (const notice of notices) this.#take(link, notice);
    this.#endIfUnused(opened.link);
  }

  #stopMoving(root: string): void {
    const moving = this.#moving.get(root);
    this.#moving.delete(root);
    if (moving !== undefined) close(moving.link, root);
  }

  #endIfUnused(link: ServerLink): void {
    if (link !== this.#current && [...this.#opened.values()].every(opened => opened.link !== link)) link.socket.end();
  }

  #lost(link: ServerLink): void {
    for (const [root, moving] of this.#moving) if (moving.link === link) this.#moving.delete(root);
    const wasCurrent = this.#current === link;
    if (wasCurrent) this.#linking = this.#current = undefined;
    const left = [...this.#opened].filter(([, opened]) => opened.link === link);
    if (this.#isDisposed || (!wasCurrent && left.length === 0)) return;
    const now = performance.now();
    this.#losses = [...this.#losses.filter(at => now - at < LOSSES_MS), now];
    this.#options.logger.warn('the shared server is gone: the connection ended');
    for (const [root, { options }] of left) {
      this.#opened.delete(root);
      this.#stopMoving(root);
      this.#options.takeOver(options);
    }
  }
}

/** It fails only when the server is gone. */
function close(link: ServerLink, root: string): void {
  link.connection.sendRequest(protocol.Close.method, { root }).catch(() => undefined);
}

function withBytes(answer: protocol.ContentAnswer): protocol.ContentAnswer {
  if (answer.kind !== 'content' || answer.base64 === undefined) return answer;
  const { base64, ...rest } = answer;
  return { ...rest, bytes: new Uint8Array(Buffer.from(base64, 'base64')) };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => new Delay(resolve).set(milliseconds));
}
