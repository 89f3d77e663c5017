// One client of the hub: the repositories it follows, each with its own count of updates.
import type { MessageConnection, NotificationType } from 'vscode-jsonrpc';
import { fromDisplay, type BytePath } from '../base/bytePath.ts';
import { DisposableStore, type Disposable, type Event } from '../base/lifecycle.ts';
import type { ProcessEnvironment } from '../files/environment.ts';
import type { ModelUpdate } from '../workingCopy/publisher.ts';
import { noContent } from './contents.ts';
import { handleDiscovery } from './handlers/discoveryHandlers.ts';
import { handleGraph } from './handlers/graphHandlers.ts';
import { handleHistory } from './handlers/historyHandlers.ts';
import { handleIgnore } from './handlers/ignoreHandlers.ts';
import type { Hub, Lease, SharedRepository } from './hub.ts';
import * as protocol from './protocol.ts';
import { UpdateSender } from './updateSender.ts';
import type { PublishedUpdate } from './updates.ts';

/** Answers beside the live model, where that cannot: `hg`, for one client, in a repository that is unsupported. */
export interface Companion extends Disposable {
  readonly onDidUpdate: Event<PublishedUpdate>;
  readonly onDidChangeBases: Event<readonly string[]>;
  /** True while it answers instead of the model. */
  readonly isActive: boolean;
  /** Takes what the model publishes. True if that is not to be sent. */
  follow(update: Pick<ModelUpdate, 'state' | 'settled'>): boolean;
  /** Answers for a version of a file that is damaged here; undefined if it cannot. */
  contentInstead(query: Omit<protocol.ContentQuery, 'root'>): Promise<protocol.ContentAnswer | undefined>;
  content(query: Omit<protocol.ContentQuery, 'root'>): Promise<protocol.ContentAnswer>;
  hint(paths: Iterable<BytePath>): void;
  refresh(cause: string): Promise<void>;
  settle(): Promise<void>;
  focus(): void;
}

export interface SubscriberOptions {
  readonly connection: MessageConnection;
  readonly hub: Hub;
  readonly environment: ProcessEnvironment;
  /** Makes what answers beside the model; not given: nothing does. */
  companion?(options: protocol.OpenOptions, repository: SharedRepository): Companion | undefined;
  /** Resolves when the client can take more. Not given: it always can, and nothing waits. */
  readonly drained?: () => Promise<void>;
  /** True if `bytes` travel as base64: the connection carries text. */
  readonly sendsText?: boolean;
  /** Sends a notification. Default: over the connection. */
  send?(method: string, params: unknown): void;
  /** Throws if the client may not follow a repository. */
  check?(options: protocol.OpenOptions): void;
  /** Returns how a repository is followed for a client that asks for this. Default: as it asks. */
  limited?(options: protocol.OpenOptions): protocol.OpenOptions;
  /** Called before the client lets go of a repository that it follows. */
  onClosing?(repository: SharedRepository): void;
  /** Called when the client has closed a repository, or tried to. */
  onClosed?(root: string): void;
  /** Called when the other side is gone. */
  onGone(): void;
}

interface Followed extends Disposable {
  readonly repository: SharedRepository;
  readonly companion: Companion | undefined;
}

export class Subscriber implements Disposable {
  readonly #options: SubscriberOptions;
  readonly #followed = new Map<string, Followed>();
  readonly #owned = new DisposableStore();

  constructor(options: SubscriberOptions) {
    this.#options = options;
    const find = (root: string): SharedRepository | undefined => this.find(root);
    for (const registration of [
      ...handleDiscovery(options.connection, options.hub.vfs),
      ...handleHistory(options.connection, find),
      ...handleGraph(options.connection, find),
      ...handleIgnore(options.connection, find),
      ...this.#handleFollowing(options.connection),
    ]) {
      this.#owned.add(registration);
    }
  }

  /** The roots that the client follows. */
  get roots(): readonly string[] {
    return [...this.#followed.keys()];
  }

  find(root: string): SharedRepository | undefined {
    return this.#followed.get(root)?.repository;
  }

  close(root: string): void {
    const followed = this.#followed.get(root);
    if (followed !== undefined) this.#options.onClosing?.(followed.repository);
    followed?.dispose();
    this.#followed.delete(root);
    this.#options.onClosed?.(root);
  }

  hint(root: string, paths: readonly BytePath[]): void {
    const followed = this.#followed.get(root);
    followed?.repository.model.hint(paths);
    followed?.companion?.hint(paths);
  }

  async refresh(root: string, cause: string): Promise<void> {
    const followed = this.#followed.get(root);
    await followed?.repository.model.refresh(cause);
    await followed?.companion?.refresh(cause);
  }

  async settle(root: string): Promise<void> {
    const followed = this.#followed.get(root);
    await followed?.repository.model.settle();
    await followed?.companion?.settle();
  }

  dispose(): void {
    this.#owned.dispose();
    for (const root of this.roots) this.close(root);
  }

  #handleFollowing(connection: MessageConnection): readonly Disposable[] {
    return [
      connection.onRequest(protocol.Open, options => {
        this.open(options);
        return null;
      }),
      connection.onRequest(protocol.Close, ({ root }) => {
        this.close(root);
        return null;
      }),
      connection.onRequest(protocol.Refresh, async ({ root, cause }) => {
        await this.refresh(root, cause);
        return null;
      }),
      connection.onRequest(protocol.Settle, async ({ root }) => {
        await this.settle(root);
        return null;
      }),
      connection.onRequest(protocol.Content, query => this.#content(query)),
      connection.onNotification(protocol.Hint, ({ root, paths }) => this.hint(root, paths.map(fromDisplay))),
      connection.onNotification(protocol.Focus, ({ focused }) => {
        if (!focused) return;
        for (const { repository, companion } of this.#followed.values()) {
          repository.model.focus();
          companion?.focus();
        }
      }),
    ];
  }

  /** Follows a repository, unless it does so already. Throws 'unsupported' for a system that cannot be followed. */
  open(asked: protocol.OpenOptions): void {
    const options = this.#options.limited?.(asked) ?? asked;
    const { root } = options;
    if (this.#followed.has(root)) return;
    this.#options.check?.(options);
    const owned = new DisposableStore();
    const lease: Lease = owned.add(this.#options.hub.share({ ...options, environment: this.#options.environment }));
    const { repository } = lease;
    const companion = this.#options.companion?.(options, repository);
    if (companion !== undefined) owned.add(companion);
    const sender = owned.add(
      new UpdateSender({
        root,
        send: message => this.#send(protocol.DidUpdate, message),
        drained: this.#options.drained,
        current: () => repository.model.current('shared'),
      }),
    );
    const publish = (update: PublishedUpdate): void => sender.publish(update);
    const publishBases = (paths: readonly string[]): void => this.#send(protocol.DidChangeBase, { root, paths });
    const follow = (update: ModelUpdate): void => {
      if (companion?.follow(update) !== true) publish(update);
    };
    if (companion !== undefined) {
      owned.add(companion.onDidUpdate(publish));
      owned.add(companion.onDidChangeBases(publishBases));
      owned.add(repository.watcher.onHint(path => companion.hint([path])));
    }
    owned.add(repository.onDidUpdate(follow));
    owned.add(repository.onDidChangeBases(publishBases));
    this.#followed.set(root, { repository, companion, dispose: () => owned.dispose() });
    lease.start();
    // Somebody else follows it already: what is known comes at once.
    const known = repository.model.current('shared');
    if (known !== undefined) follow(known);
  }

  async #content(query: protocol.ContentQuery): Promise<protocol.ContentAnswer> {
    const followed = this.#followed.get(query.root);
    if (followed === undefined) return noContent('unavailable', `'${query.root}' is not an open repository.`);
    const { companion, repository } = followed;
    if (companion?.isActive === true) return companion.content(query);
    const own = await repository.contents.answer(query);
    const isDamaged = own.kind === 'none' && own.reason === 'damaged';
    const answer = (isDamaged ? await companion?.contentInstead(query) : undefined) ?? own;
    if (this.#options.sendsText !== true || answer.kind !== 'content' || answer.bytes === undefined) return answer;
    const { bytes, ...rest } = answer;
    return { ...rest, base64: Buffer.from(bytes).toString('base64') };
  }

  #send<P>(type: NotificationType<P>, params: P): void {
    if (this.#options.send !== undefined) {
      this.#options.send(type.method, params);
      return;
    }
    // It fails only when the other side is gone: then there is nobody left to serve.
    this.#options.connection.sendNotification(type.method, params).catch(() => this.#options.onGone());
  }
}
