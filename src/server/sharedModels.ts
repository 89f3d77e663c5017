// The window's side of the shared server: repositories whose model lives there. Requests and updates of such a
// repository are passed on. When the server is gone, or cannot follow a repository, the window's own engine takes
// over. When a newer server takes the name, or the first one appears, each repository moves as soon as its model is
// ready there.
import type { CancellationToken } from 'vscode-jsonrpc';
import { version } from '../../package.json';
import { Delay } from '../base/async.ts';
import { errorMessage } from '../base/errors.ts';
import type { Disposable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { Variables } from '../daemon/runtimeDirectory.ts';
import { isNewer } from '../daemon/versions.ts';
import { WindowMarkers } from '../daemon/windowMarkers.ts';
import * as protocol from './protocol.ts';
import { connectToServer, greet, serverIdentity, type Notice, type Reached, type ServerLink } from './serverLink.ts';

export interface SharedModelsOptions {
  readonly variables: Variables;
  readonly logger: Logger;
  /** The version of this program. Default: that of the package. */
  readonly version?: string;
  /** The process of this window. */
  readonly window: number;
  /** True if a server may be started for this repository, which another window may have opened, too. */
  mayStart(options: protocol.OpenOptions, hasOtherWindow: boolean): boolean;
  /** Starts a server, and does not wait for it. An older one hands over to it. */
  startServer(limits: protocol.ServerLimits | undefined): void;
  /** Sends to the window what the server has sent about one of its repositories. */
  relay(method: string, params: unknown): void;
  /** The window's own engine has to follow this repository from now on. */
  takeOver(options: protocol.OpenOptions): void;
  /** The window's own engine lets go of a repository, whose state is about to come from the server. */
  release(root: string): void;
  /** Milliseconds for which a repository waits for the server's greeting. Default: a quarter of a second. */
  readonly greetMs?: number;
  /** Default: that of this process. */
  readonly platform?: NodeJS.Platform;
}

/** A repository that the window's own engine follows, although a server may. */
interface Own {
  readonly options: protocol.OpenOptions;
  /** Requests that the own engine has to answer: it does not let go meanwhile. */
  pending: number;
}

/** A repository whose model lives in a server. */
interface Opened {
  readonly options: protocol.OpenOptions;
  readonly link: ServerLink;
}

/** A repository on its way to a server, and everything that one has sent so far. */
interface Moving {
  readonly link: ServerLink;
  readonly notices: Notice[];
}

/** A server that was just started listens within this time. */
const START_MS = 2000;
const START_LOOK_MS = 50;
/** A stopped server costs a window no more than this, once. */
const GREET_MS = 250;
/** A server that fails so often in this time is not used again. */
const MOST_LOSSES = 3;
const LOSSES_MS = 600_000;

export class SharedModels implements Disposable {
  readonly #options: SharedModelsOptions;
  readonly #markers: WindowMarkers;
  readonly #own = new Map<string, Own>();
  readonly #opened = new Map<string, Opened>();
  readonly #moving = new Map<string, Moving>();
  #linking: Promise<ServerLink | undefined> | undefined;
  #linkingStarts = false;
  /** Repositories are opened through it. */
  #current: ServerLink | undefined;
  /** A server has not greeted yet, and nobody waits for it any more. */
  #isLate = false;
  /** The server that was silent. It is asked again when another one has its name. */
  #silent: string | undefined;
  #losses: number[] = [];
  #limits: protocol.ServerLimits | undefined;
  #hasReplaced = false;
  #isDisposed = false;

  constructor(options: SharedModelsOptions) {
    this.#options = options;
    this.#markers = new WindowMarkers(options.variables, options.window, () => void this.#moveFromOwn());
  }

  /** True if the model of this root lives in the shared server. */
  serves(root: string): boolean {
    return this.#opened.has(root);
  }

  /** Has the server follow a repository, if that is wanted and there is a server. False: the caller has to. */
  async open(options: protocol.OpenOptions, rootId: string | undefined): Promise<boolean> {
    const { root, sharing = 'off', system = 'hg' } = options;
    if (!this.#isWanted(sharing, root) || system !== 'hg' || rootId === undefined) return false;
    this.#limits = options.serverLimits;
    const link = await this.#connected(this.#options.mayStart(options, false));
    const asked = { ...options, rootId };
    if (link === undefined) {
      this.#followAlone(asked, true);
      return false;
    }
    // Its first update may come before its answer.
    this.#opened.set(root, { options: asked, link });
    try {
      await link.heartbeat.during(link.connection.sendRequest(protocol.Open.method, asked));
    } catch (error) {
      this.#opened.delete(root);
      this.#options.logger.info(`${root}: the shared server does not follow it (${errorMessage(error)})`);
      if (link.socket.destroyed) this.#followAlone(asked, false);
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
    if (method === protocol.Refresh.method) this.tellMoving(method, params, root);
    const answer: unknown = await link.heartbeat.during(link.connection.sendRequest(method, params, token));
    if (method === protocol.Close.method) this.#endIfUnused(link);
    return method === protocol.Content.method ? withBytes(answer as protocol.ContentAnswer) : answer;
  }

  /** @param root undefined for a notification that concerns all repositories */
  notify(method: string, params: unknown, root?: string): void {
    const opened = root === undefined ? [...this.#opened.values()] : [this.#opened.get(root)];
    const links = new Set(opened.map(each => each?.link));
    // Lost with the server: whoever takes over scans everything.
    for (const link of links) link?.connection.sendNotification(method, params).catch(() => undefined);
    if (root !== undefined) this.tellMoving(method, params, root);
  }

  /** Passes on to the server that a repository is on its way to what the present model is asked or notified of. */
  tellMoving(method: string, params: unknown, root: string): void {
    const connection = this.#moving.get(root)?.link.connection;
    // Lost with that server: then the repository stays where it is.
    if (method === protocol.Refresh.method) connection?.sendRequest(method, params).catch(() => undefined);
    else if (method === protocol.Hint.method) connection?.sendNotification(method, params).catch(() => undefined);
  }

  /** Has the window's own engine do something for a repository, which does not move to a server meanwhile. */
  async doAlone<T>(root: string, work: () => T | Promise<T>): Promise<T> {
    const own = this.#own.get(root);
    if (own === undefined) return work();
    own.pending++;
    try {
      return await work();
    } finally {
      own.pending--;
      const moving = this.#moving.get(root);
      if (moving !== undefined && isWhole(moving)) this.#arrive(root, moving);
    }
  }

  /** The window's own engine has closed a repository. */
  forget(root: string): void {
    this.#own.delete(root);
    this.#markers.remove(root);
    this.#stopMoving(root);
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
    this.#markers.dispose();
    this.#own.clear();
    const links = [this.#current, ...[...this.#opened.values(), ...this.#moving.values()].map(({ link }) => link)];
    this.#opened.clear();
    this.#moving.clear();
    this.#current = undefined;
    for (const link of links) link?.socket.destroy();
  }

  /** True if servers were lost so often that this window uses none any more. */
  get #isGivenUp(): boolean {
    return this.#isDisposed || this.#losses.length >= MOST_LOSSES;
  }

  /** On Windows few people have used it so far, and a server that runs keeps VS Code from being updated. */
  #isWanted(sharing: protocol.OpenOptions['sharing'], root: string): boolean {
    const isOptIn = (this.#options.platform ?? process.platform) === 'win32';
    if (sharing !== 'auto' || !isOptIn) return sharing !== 'off';
    this.#options.logger.info(`${root}: no shared server is used, because quicksilver.server is not 'on' (Windows)`);
    return false;
  }

  #connected(starts: boolean): Promise<ServerLink | undefined> {
    if (this.#isGivenUp || this.#isLate) return Promise.resolve(undefined);
    if (this.#linking !== undefined && starts && !this.#linkingStarts) {
      return this.#linking.then(link => link ?? this.#connected(true));
    }
    if (this.#linking === undefined) {
      this.#linkingStarts = starts;
      this.#linking = this.#connect(starts).then(link => {
        if (link === undefined) this.#linking = undefined;
        return link;
      });
    }
    return this.#linking;
  }

  /**
   * The window's own engine follows a repository until there is a server. If another window does the same, a server is
   * started, and both move there.
   */
  #followAlone(options: protocol.OpenOptions, starts: boolean): void {
    if (this.#isGivenUp) return;
    this.#own.set(options.root, { options, pending: 0 });
    if (!this.#options.mayStart(options, true)) return;
    const hasOtherWindow = this.#markers.put(options.root);
    if (!hasOtherWindow || !starts) return;
    this.#options.logger.info(`${options.root}: another window follows it, so a shared server is started`);
    this.#options.startServer(this.#limits);
  }

  /** A server listens: what the own engine follows moves there. */
  async #moveFromOwn(): Promise<void> {
    const link = this.#own.size === 0 ? undefined : await this.#connected(false);
    if (link === undefined) return;
    for (const { options } of this.#own.values()) this.#move(options, link);
  }

  #move(options: protocol.OpenOptions, link: ServerLink): void {
    const { root } = options;
    if (this.#moving.has(root)) return;
    const moving: Moving = { link, notices: [] };
    this.#moving.set(root, moving);
    link.connection.sendRequest(protocol.Open.method, options).catch((error: unknown) => {
      if (this.#moving.get(root) === moving) this.#moving.delete(root);
      if (!link.socket.destroyed) this.#stayAlone(link, root, errorMessage(error));
    });
  }

  /** A server cannot follow what the own engine follows. */
  #stayAlone(link: ServerLink, root: string, why: string): void {
    this.#options.logger.info(`${root}: the server at ${link.welcome.serverId} does not follow it (${why})`);
    this.#own.delete(root);
    this.#markers.remove(root);
    this.#endIfUnused(link);
  }

  async #connect(starts: boolean): Promise<ServerLink | undefined> {
    const { variables } = this.#options;
    if (this.#silent !== undefined && this.#silent === serverIdentity(variables)) return undefined;
    const end = performance.now() + START_MS;
    let hasStarted = false;
    for (;;) {
      const reached = await connectToServer(variables);
      if (this.#isDisposed) reached?.socket.destroy();
      else if (reached !== undefined) {
        return this.#greeted(reached, starts);
      }
      if (!starts || performance.now() > end || this.#isDisposed) return undefined;
      if (!hasStarted) this.#options.startServer(this.#limits);
      hasStarted = true;
      await pause(START_LOOK_MS);
    }
  }

  /** Resolves with undefined if the server is slow to greet. If it does so later, everything moves there. */
  async #greeted(reached: Reached, starts: boolean): Promise<ServerLink | undefined> {
    const { variables, logger, greetMs = GREET_MS } = this.#options;
    const greeting = greet(reached, variables, this.#events).then(
      link => this.#use(link),
      (error: unknown) => {
        logger.info(`the shared server cannot be used: ${errorMessage(error)}`);
        return undefined;
      },
    );
    let limit: Delay | undefined;
    const late = new Promise<'late'>(resolve => (limit = new Delay(() => resolve('late'))).set(greetMs));
    const first = await Promise.race([greeting, late]);
    limit?.dispose();
    if (first !== 'late') return first;
    this.#isLate = true;
    void greeting.then(link => this.#greetedLate(link, reached, starts));
    return undefined;
  }

  #greetedLate(link: ServerLink | undefined, { identity }: Reached, starts: boolean): void {
    this.#isLate = false;
    if (link !== undefined) {
      this.#linking = Promise.resolve(link);
      void this.#moveAll(link);
      return;
    }
    this.#silent = identity;
    this.#options.logger.warn('the shared server is stopped or hangs');
    // A new one takes the name from it.
    if (starts && !this.#isDisposed) this.#options.startServer(this.#limits);
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
    const moving = this.#moving.get(root);
    if (moving?.link === link) {
      moving.notices.push(notice);
      if (isWhole(moving)) this.#arrive(root, moving);
      return;
    }
    if (this.#opened.get(root)?.link !== link) return;
    const why = whyNot(notice);
    if (why === undefined) this.#options.relay(method, params);
    else this.#giveBack(link, root, why);
  }

  /** The window's own engine follows the repository, unless it only was on its way to this server. */
  #giveBack(link: ServerLink, root: string, why: string): void {
    if (this.#moving.get(root)?.link === link) {
      this.#moving.delete(root);
      if (this.#own.has(root)) this.#stayAlone(link, root, why);
    }
    const opened = this.#opened.get(root);
    if (opened?.link !== link) return;
    this.#opened.delete(root);
    close(link, root);
    this.#options.logger.info(`${root}: its model is in this window again (${why})`);
    this.#options.takeOver(opened.options);
    this.#endIfUnused(link);
  }

  /** A newer server has the name. Until a model is ready there, the older one goes on with it. */
  async #moveFrom(old: ServerLink): Promise<void> {
    if (this.#current === old) this.#linking = this.#current = undefined;
    const next = await this.#connected(false);
    if (next === undefined || next === old) return;
    for (const [root, { link }] of this.#moving) if (link === old) this.#stopMoving(root);
    await this.#moveAll(next);
    this.#endIfUnused(old);
  }

  async #moveAll(next: ServerLink): Promise<void> {
    for (const { options, link } of this.#opened.values()) if (link !== next) this.#move(options, next);
    await this.#moveFromOwn();
  }

  #arrive(root: string, { link, notices }: Moving): void {
    const own = this.#own.get(root);
    if (own !== undefined && own.pending > 0) return;
    this.#moving.delete(root);
    const opened = this.#opened.get(root);
    if (own !== undefined) {
      const why = notices.map(whyNot).find(each => each !== undefined);
      if (why !== undefined) {
        close(link, root);
        this.#stayAlone(link, root, why);
        return;
      }
      this.#own.delete(root);
      this.#markers.remove(root);
      this.#opened.set(root, { options: own.options, link });
      this.#options.release(root);
      this.#options.logger.info(`${root}: its model is in the shared server now`);
    } else if (opened !== undefined) {
      this.#opened.set(root, { ...opened, link });
      close(opened.link, root);
      this.#options.logger.info(`${root}: its model is in the newer server`);
    }
    for (const notice of notices) this.#take(link, notice);
    if (opened !== undefined) this.#endIfUnused(opened.link);
  }

  #stopMoving(root: string): void {
    const moving = this.#moving.get(root);
    this.#moving.delete(root);
    if (moving !== undefined) close(moving.link, root);
  }

  /** A server that no window is connected to can end. */
  #endIfUnused(link: ServerLink): void {
    if ([...this.#opened.values(), ...this.#moving.values()].some(each => each.link === link)) return;
    if (link === this.#current) this.#linking = this.#current = undefined;
    link.socket.end();
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
      this.#followAlone(options, false);
    }
  }
}

/** True if the server has sent a whole state, or the reason why there is none. */
function isWhole({ notices }: Moving): boolean {
  return notices.some(notice => {
    const update = updateOf(notice);
    return update?.settled === true || update?.state.kind === 'refused';
  });
}

/** Why the own engine has to follow a repository: hg may answer instead, which the server never runs. */
function whyNot(notice: Notice): string | undefined {
  const update = updateOf(notice);
  if (update?.state.kind === 'refused') return update.state.problem.message;
  return update?.changed.find(entry => entry.undecided !== undefined)?.undecided;
}

function updateOf({ method, params }: Notice): protocol.RepositoryUpdate | undefined {
  return method === protocol.DidUpdate.method ? (params as protocol.RepositoryUpdate) : undefined;
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
