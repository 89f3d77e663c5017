// Replaces the live model of an unsupported repository, where hg may run. It watches the recorded state, and publishes
// the answers of hg. It starts nothing while the repository is supported, or hg is not allowed.
import * as path from 'node:path';
import { toDisplay, type BytePath } from '../../base/bytePath.ts';
import type { QuicksilverError } from '../../base/errors.ts';
import { DisposableStore, Emitter, type Disposable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/log.ts';
import type { HgRunner } from '../../hgCommand/hgRunner.ts';
import { askStatus } from '../../hgCommand/hgStatus.ts';
import type { ProcessEnvironment } from '../../files/environment.ts';
import type { Vfs } from '../../files/vfs.ts';
import { newWorkCounters } from '../../status/types.ts';
import { ControlWatcher } from '../../workingCopy/watch/controlWatcher.ts';
import type { ModelUpdate } from '../../workingCopy/publisher.ts';
import { UnsupportedRepository } from '../../backends/mercurial/unsupportedRepository.ts';
import { FallbackContents } from './fallbackContents.ts';
import { FallbackStatus } from './fallbackStatus.ts';
import { HgForUndecided, type UndecidedModel } from './hgForUndecided.ts';
import type { ContentAnswer, ContentQuery, HgPolicy } from '../protocol.ts';
import type { PublishedUpdate } from '../updates.ts';

export interface FallbackOptions {
  readonly root: string;
  readonly vfs: Vfs;
  readonly environment: ProcessEnvironment;
  readonly logger: Logger;
  readonly policy: HgPolicy;
  readonly auditMs: number;
  /** Its state is followed; hg answers for the files that it leaves undecided. */
  readonly model: UndecidedModel;
  /** Runs the repository's commands, those of others too. */
  hg(): HgRunner;
}

/** Files that hg creates in the working copy for a moment, to probe the file system. */
const PROBE = /^hg-check(?:exec|link)-[^/]*$/;

export class Fallback implements Disposable {
  readonly #options: FallbackOptions;
  readonly #owned = new DisposableStore();
  readonly #updates = this.#owned.add(new Emitter<PublishedUpdate>());
  readonly #repository: UnsupportedRepository;
  readonly #status: FallbackStatus;
  readonly #undecided: HgForUndecided;
  readonly #contents: FallbackContents;
  readonly #changedBases = this.#owned.add(new Emitter<readonly string[]>());
  #policy: HgPolicy;
  #unsupported: QuicksilverError | undefined;
  #watcher: ControlWatcher | undefined;

  readonly onDidUpdate = this.#updates.event;
  /** The files whose base was asked for here and may be another one now. */
  readonly onDidChangeBases = this.#changedBases.event;

  constructor(options: FallbackOptions) {
    const { root, vfs, environment, auditMs } = options;
    this.#options = options;
    this.#policy = options.policy;
    const repository = new UnsupportedRepository(root, vfs, environment);
    this.#repository = repository;
    this.#status = this.#owned.add(
      new FallbackStatus({
        program: 'hg',
        ask: () => askStatus(options.hg()),
        recorded: () => repository.recorded(),
        head: () => repository.head(),
        lock: () => repository.lock(),
        auditMs,
      }),
    );
    this.#undecided = this.#owned.add(
      new HgForUndecided({
        model: options.model,
        logger: options.logger,
        ask: files => askStatus(options.hg(), files),
        isAllowed: () => isAllowed(this.#policy) && !this.isActive,
      }),
    );
    this.#contents = new FallbackContents({
      entry: at => (this.isActive ? this.#status.entry(at) : options.model.tree.get(at)),
      isSymlink: at => vfs.lstat(path.join(root, toDisplay(at)))?.isSymbolicLink() ?? false,
      run: call => options.hg().run({ ...call, kind: 'read' }),
    });
    this.#owned.add(
      this.#status.onDidUpdate(update => {
        this.#watch();
        this.#updates.fire(update);
        const bases = this.#contents.update(update.head, repository.conversion());
        if (bases.length > 0) this.#changedBases.fire(bases);
      }),
    );
  }

  /** True while hg answers for the repository. */
  get isActive(): boolean {
    return this.#status.isActive;
  }

  /** To be asked only while it {@link isActive}. */
  content(query: Omit<ContentQuery, 'root'>): Promise<ContentAnswer> {
    return this.#contents.answer(query);
  }

  /** Asks hg for a version of a file that the store does not give us; undefined if hg has none, or may not run. */
  async contentInstead(query: Omit<ContentQuery, 'root'>): Promise<ContentAnswer | undefined> {
    if (!isAllowed(this.#policy)) return undefined;
    this.#contents.update(this.#repository.head().head, this.#repository.conversion());
    const answer = await this.#contents.answer(query);
    return answer.kind === 'content' ? answer : undefined;
  }

  /** Follows the live model's state. Returns true if hg answers instead, so the state must not be sent on. */
  follow({ state, settled }: Pick<ModelUpdate, 'state' | 'settled'>): boolean {
    if (settled) this.#undecided.look();
    this.#unsupported = state.kind === 'refused' ? state.problem : undefined;
    if (this.#unsupported === undefined || !isAllowed(this.#policy)) {
      this.#stop();
      return false;
    }
    this.#status.start(this.#unsupported);
    return true;
  }

  setPolicy(policy: HgPolicy): void {
    const old = this.#policy;
    this.#policy = policy;
    if (isAllowed(old) === isAllowed(policy) && old.path === policy.path) return;
    const problem = this.#unsupported;
    const wasActive = this.#status.isActive;
    this.#stop();
    this.#undecided.forgetFailures();
    if (problem === undefined) return;
    if (isAllowed(policy)) this.#status.start(problem);
    else if (wasActive) this.#updates.fire(nothingKnown(problem));
  }

  hint(paths: Iterable<BytePath>): void {
    if (!this.#status.isActive) return;
    const { controlName } = this.#repository;
    let control = false;
    for (const at of paths) {
      if (at === controlName || at.startsWith(`${controlName}/`)) control = true;
      else if (!PROBE.test(at)) {
        this.#status.hint();
        return;
      }
    }
    if (control) this.#status.control();
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

  #stop(): void {
    this.#status.stop();
    this.#watcher?.dispose();
    this.#watcher = undefined;
  }

  /** Runs with each update: the files to watch may have changed. */
  #watch(): void {
    const { root, logger } = this.#options;
    if (this.#watcher === undefined) {
      const control = path.join(root, this.#repository.controlName);
      this.#watcher = new ControlWatcher(
        {
          root,
          controlDirectories: () => [control],
          isRelevant: (directory, name) => this.#repository.isRelevant(directory, name),
        },
        logger,
      );
      this.#watcher.onEvent(() => this.#status.control());
    }
    this.#watcher.arm(this.#repository.files());
  }
}

/** True if a program may answer for unsupported repositories. */
export function isAllowed({ allow, fallback }: HgPolicy): boolean {
  return allow && fallback;
}

/** The update when the program may not be asked any more. */
export function nothingKnown(problem: QuicksilverError): PublishedUpdate {
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
