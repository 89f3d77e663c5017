// An unsupported repository for which its system's program answers, where programs may run. Its recorded state is
// watched meanwhile. Nothing is started while the repository is supported, or programs are not allowed.
import type { BytePath } from '../../base/bytePath.ts';
import type { QuicksilverError } from '../../base/errors.ts';
import { DisposableStore, Emitter, type Disposable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/log.ts';
import { newWorkCounters } from '../../status/types.ts';
import type { Backend, Head } from '../../workingCopy/backend.ts';
import type { ModelUpdate } from '../../workingCopy/publisher.ts';
import { ControlWatcher } from '../../workingCopy/watch/controlWatcher.ts';
import type { Entry } from '../../workingCopy/statusTree.ts';
import type { ContentAnswer, ContentQuery, HgPolicy } from '../protocol.ts';
import type { PublishedUpdate } from '../updates.ts';
import { FallbackStatus, type FallbackStatusOptions } from './fallbackStatus.ts';

/** How one system's program is asked, and what is watched meanwhile. */
export interface Asker extends Omit<FallbackStatusOptions, 'auditMs'> {
  readonly watched: Pick<Backend, 'root' | 'controlName' | 'controlDirectories' | 'isRelevant'>;
  /** Returns the files to watch elsewhere, as absolute paths. */
  files(): readonly string[];
  /** True for a file that the program itself creates in the working copy for a moment. */
  isProbe(at: BytePath): boolean;
  /** True if the answers under both policies would be those of one program. */
  isSame(one: HgPolicy, other: HgPolicy): boolean;
  /** Ends what is being asked. */
  stop(): void;
}

export interface AnsweredOptions {
  readonly logger: Logger;
  readonly policy: HgPolicy;
  /** Milliseconds between two questions without any event; 0 for none. */
  readonly auditMs: number;
}

export abstract class AnsweredRepository implements Disposable {
  readonly #asker: Asker;
  readonly #logger: Logger;
  readonly #status: FallbackStatus;
  readonly #owned = new DisposableStore();
  readonly #updates = this.#owned.add(new Emitter<PublishedUpdate>());
  readonly #changedBases = this.#owned.add(new Emitter<readonly string[]>());
  #policy: HgPolicy;
  #unsupported: QuicksilverError | undefined;
  #watcher: ControlWatcher | undefined;

  readonly onDidUpdate = this.#updates.event;
  /** The files whose base was asked for here and may be another one now. */
  readonly onDidChangeBases = this.#changedBases.event;

  protected constructor(asker: Asker, { logger, policy, auditMs }: AnsweredOptions) {
    this.#asker = asker;
    this.#logger = logger;
    this.#policy = policy;
    this.#status = this.#owned.add(new FallbackStatus({ ...asker, auditMs }));
    this.#owned.add(
      this.#status.onDidUpdate(update => {
        this.#watch();
        this.#updates.fire(update);
        const bases = this.changedBases(update.head);
        if (bases.length > 0) this.#changedBases.fire(bases);
      }),
    );
  }

  /** True while the program answers for the repository. */
  get isActive(): boolean {
    return this.#status.isActive;
  }

  /** Returns a version of a file. To be asked only while it {@link isActive}. */
  abstract content(query: Omit<ContentQuery, 'root'>): Promise<ContentAnswer>;

  /** Returns a version of a file that the store does not give us; undefined if there is none, or no program may run. */
  abstract contentInstead(query: Omit<ContentQuery, 'root'>): Promise<ContentAnswer | undefined>;

  /** Follows the live model's state. Returns true if the program answers instead, so the state must not be sent on. */
  follow({ state }: Pick<ModelUpdate, 'state' | 'settled'>): boolean {
    this.#unsupported = state.kind === 'refused' ? state.problem : undefined;
    if (this.#unsupported === undefined || !this.isAllowed) {
      this.#stop();
      return false;
    }
    this.#status.start(this.#unsupported);
    return true;
  }

  setPolicy(policy: HgPolicy): void {
    const old = this.#policy;
    this.#policy = policy;
    if (this.#asker.isSame(old, policy)) return;
    const problem = this.#unsupported;
    const wasActive = this.isActive;
    this.#stop();
    if (problem === undefined) return;
    if (this.isAllowed) this.#status.start(problem);
    else if (wasActive) this.#updates.fire(nothingKnown(problem));
  }

  hint(paths: Iterable<BytePath>): void {
    if (!this.isActive) return;
    const { controlName } = this.#asker.watched;
    let isControl = false;
    for (const at of paths) {
      if (at === controlName || at.startsWith(`${controlName}/`)) isControl = true;
      else if (!this.#asker.isProbe(at)) {
        this.#status.hint();
        return;
      }
    }
    if (isControl) this.#status.control();
  }

  focus(): void {
    this.#status.focus();
  }

  refresh(cause: string): Promise<void> {
    return this.#status.refresh(cause);
  }

  settle(): Promise<void> {
    return this.#status.settle();
  }

  dispose(): void {
    this.#stop();
    this.#owned.dispose();
  }

  /** True if a program may answer for the repository. */
  protected get isAllowed(): boolean {
    return isAllowed(this.#policy);
  }

  protected get policy(): HgPolicy {
    return this.#policy;
  }

  /** Returns the program's entry for a path; undefined if it is clean or unknown. */
  protected entry(path: BytePath): Entry | undefined {
    return this.#status.entry(path);
  }

  /** Takes the head of an answer. Returns the files whose base was asked for and may be another one now. */
  protected abstract changedBases(head: Head | undefined): readonly string[];

  #stop(): void {
    this.#status.stop();
    this.#asker.stop();
    this.#watcher?.dispose();
    this.#watcher = undefined;
  }

  /** Runs with each update: the files to watch may have changed. */
  #watch(): void {
    if (this.#watcher === undefined) {
      this.#watcher = new ControlWatcher(this.#asker.watched, this.#logger);
      this.#watcher.onEvent(() => this.#status.control());
    }
    this.#watcher.arm(this.#asker.files());
  }
}

/** True if programs may answer for unsupported repositories. */
export function isAllowed({ allow, fallback }: HgPolicy): boolean {
  return allow && fallback;
}

/** The update when the program may not be asked any more. */
function nothingKnown(problem: QuicksilverError): PublishedUpdate {
  return {
    state: { kind: 'refused', problem },
    head: undefined,
    reset: true,
    changes: [],
    counts: { modified: 0, added: 0, removed: 0, deleted: 0, unknown: 0, ignored: 0 },
    tracked: 0,
    nestedRepositories: [],
    settled: true,
    cause: 'hg may not be asked any more',
    outcome: newWorkCounters(),
    milliseconds: 0,
  };
}
