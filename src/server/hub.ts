// The live models of one process. Everyone who follows a repository in the same environment shares one model of it.
import * as fsPath from 'node:path';
import { fromDisplay, parentPath } from '../base/bytePath.ts';
import { DisposableStore, Emitter, type Disposable, type Event } from '../base/lifecycle.ts';
import { loggerOf, type Logger } from '../base/log.ts';
import type { SystemKind } from '../base/repositoryState.ts';
import { Vfs } from '../files/vfs.ts';
import { withoutSecrets } from '../hgCommand/secrets.ts';
import type { ProcessEnvironment } from '../files/environment.ts';
import { createScanners } from '../status/bulk/createScanners.ts';
import type { UnitScanners } from '../status/bulk/scanners.ts';
import { LiveModel } from '../workingCopy/liveModel.ts';
import type { ModelUpdate } from '../workingCopy/publisher.ts';
import { createTreeWatcher } from '../workingCopy/watch/createTreeWatcher.ts';
import type { TreeWatcher } from '../workingCopy/watch/treeWatcher.ts';
import { Contents } from './contents.ts';
import { openBackend, type OpenedBackend } from './openBackend.ts';
import { ProblemLog } from './problemLog.ts';

/** How the first one who follows a repository wants it followed. */
export interface ShareOptions {
  /** Absolute path of the root. */
  readonly root: string;
  /** Its system. Default: Mercurial. */
  readonly system?: SystemKind;
  readonly environment: ProcessEnvironment;
  /** Seconds between two audits; 0 for none. */
  readonly auditSeconds: number;
  /** Part of the system's limit of watches that may be used, 0 to 1. */
  readonly watchShare: number;
  /** Files whose directories are scanned first, relative, in display form. */
  readonly first?: readonly string[];
}

/** One followed working copy. */
export interface SharedRepository extends OpenedBackend {
  readonly root: string;
  /** The environment of the first client. All others have an equal one. */
  readonly environment: ProcessEnvironment;
  readonly model: LiveModel;
  readonly contents: Contents;
  readonly watcher: TreeWatcher;
  /** Device and inode of the root when it was first followed, 'DEVICE:INODE'; undefined if there was nothing. */
  readonly rootId: string | undefined;
  /** Fires for each update of the model. */
  readonly onDidUpdate: Event<ModelUpdate>;
  /** Fires after the update by which the base of these files, in display form, became another. */
  readonly onDidChangeBases: Event<readonly string[]>;
}

/** A user's hold on a shared repository: disposing of it lets go. */
export interface Lease extends Disposable {
  readonly repository: SharedRepository;
  /** Starts the model, unless it was started for somebody else. Call it when all listeners are there. */
  start(): void;
}

interface Held {
  readonly repository: SharedRepository;
  readonly owned: DisposableStore;
  /** For each user the seconds between two audits. */
  readonly leases: Set<{ readonly auditSeconds: number }>;
  isStarted: boolean;
}

export class Hub implements Disposable {
  readonly vfs = new Vfs();
  /** The last warnings and errors, for reports. */
  readonly troubles = new ProblemLog();
  readonly #logger: Logger;
  readonly #held = new Map<string, Held>();
  #scannersMade: (UnitScanners & Disposable) | undefined;

  /** @param logger gets the log of every model */
  constructor(logger: Logger) {
    this.#logger = {
      trace: text => logger.trace(withoutSecrets(text)),
      info: text => logger.info(withoutSecrets(text)),
      warn: text => {
        const message = withoutSecrets(text);
        this.troubles.add('warn', message);
        logger.warn(message);
      },
      error: text => {
        const message = withoutSecrets(text);
        this.troubles.add('error', message);
        logger.error(message);
      },
    };
  }

  /** Writes to the log of the hub, and keeps problems for reports. */
  get logger(): Logger {
    return this.#logger;
  }

  /** Everything that is followed, with the number of its users. */
  get all(): readonly { readonly repository: SharedRepository; readonly users: number }[] {
    return [...this.#held.values()].map(({ repository, leases }) => ({ repository, users: leases.size }));
  }

  /** The roots that are followed. */
  get roots(): readonly string[] {
    return [...new Set([...this.#held.values()].map(({ repository }) => repository.root))];
  }

  /**
   * Returns a hold on the model of a repository, which is made for the first one who asks. Throws 'unsupported' for a
   * system that cannot be followed.
   */
  share(options: ShareOptions): Lease {
    const key = keyOf(options);
    let held = this.#held.get(key);
    if (held === undefined) this.#held.set(key, (held = this.#make(options)));
    const mine = held;
    const lease = { auditSeconds: options.auditSeconds };
    mine.leases.add(lease);
    // The most cautious user decides.
    const schedule = (): void => {
      const intervals = [...mine.leases].map(({ auditSeconds }) => auditSeconds).filter(seconds => seconds > 0);
      mine.repository.model.auditEvery(intervals.length === 0 ? 0 : Math.min(...intervals) * 1000);
    };
    schedule();
    return {
      repository: mine.repository,
      start: () => {
        if (mine.isStarted) return;
        mine.isStarted = true;
        mine.repository.model.start();
      },
      dispose: () => {
        if (!mine.leases.delete(lease)) return;
        if (mine.leases.size > 0) {
          schedule();
          return;
        }
        if (this.#held.get(key) === mine) this.#held.delete(key);
        mine.owned.dispose();
      },
    };
  }

  dispose(): void {
    for (const { owned } of this.#held.values()) owned.dispose();
    this.#held.clear();
    this.#scannersMade?.dispose();
    this.#scannersMade = undefined;
  }

  #make({ root, system = 'hg', environment, auditSeconds, watchShare, first = [] }: ShareOptions): Held {
    const owned = new DisposableStore();
    const scanners = (this.#scannersMade ??= createScanners(this.#logger));
    const logger = loggerOf(root, this.#logger);
    const context = { vfs: this.vfs, environment, accelerators: scanners.accelerators };
    const opened = openBackend({ root, system }, context);
    const { backend, queries } = opened;
    const controlName = backend.controlName;
    const others = (): number => this.#watched - watcher.watched;
    const watcher: TreeWatcher = createTreeWatcher({ root, controlName, share: watchShare, others, logger });
    const model = owned.add(
      new LiveModel({
        backend,
        watcher,
        logger,
        auditMs: auditSeconds * 1000,
        bulk: { scanners, first: first.map(file => parentPath(fromDisplay(file))) },
      }),
    );
    const contents = new Contents({
      snapshot: () => model.snapshot,
      settle: () => model.settle(),
      queries,
    });
    const updates = owned.add(new Emitter<ModelUpdate>());
    const bases = owned.add(new Emitter<readonly string[]>());
    owned.add(
      model.onDidUpdate(update => {
        updates.fire(update);
        const changed = contents.takeChangedBases();
        if (changed.length > 0) bases.fire(changed);
      }),
    );
    const repository: SharedRepository = {
      ...opened,
      ...{ root, environment, model, contents, watcher, rootId: rootIdOf(this.vfs, root) },
      onDidUpdate: updates.event,
      onDidChangeBases: bases.event,
    };
    return { repository, owned, leases: new Set(), isStarted: false };
  }

  /** Watches of all working copies. */
  get #watched(): number {
    let sum = 0;
    for (const { repository } of this.#held.values()) sum += repository.watcher.watched;
    return sum;
  }
}

/** Returns 'DEVICE:INODE' of a root; undefined if there is no such directory. */
export function rootIdOf(vfs: Vfs, root: string): string | undefined {
  const identity = vfs.targetIdentity(root);
  return identity && `${identity.device}:${identity.inode}`;
}

/** Answers depend on the root and on the variables that Mercurial's configuration is read with. */
function keyOf({ root, system = 'hg', environment }: ShareOptions): string {
  const { variables, homeDirectory, platform, userId } = environment;
  const sorted = Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([fsPath.resolve(root), system, homeDirectory, platform, userId ?? null, sorted]);
}
