// Replaces the live model of an unsupported repository of another system than Mercurial, where programs may run. It
// watches the system's own directories, and publishes the answers of the system's program.
import * as path from 'node:path';
import type { BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { DisposableStore, Emitter, type Disposable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/log.ts';
import type { Vfs } from '../../files/vfs.ts';
import type { StatusProgram } from '../../hgCommand/statusPrograms.ts';
import type { Variables } from '../../hgCommand/hgVariables.ts';
import type { Backend, Lock } from '../../workingCopy/backend.ts';
import type { ModelUpdate } from '../../workingCopy/publisher.ts';
import { ControlWatcher } from '../../workingCopy/watch/controlWatcher.ts';
import { noContent } from '../contents.ts';
import type { ContentAnswer, HgPolicy } from '../protocol.ts';
import type { PublishedUpdate } from '../updates.ts';
import { isAllowed, nothingKnown } from './fallback.ts';
import { FallbackStatus } from './fallbackStatus.ts';

export interface ProgramFallbackOptions {
  readonly backend: Pick<Backend, 'root' | 'controlName' | 'controlDirectories' | 'isRelevant' | 'lock'>;
  readonly program: StatusProgram;
  readonly variables: Variables;
  readonly vfs: Vfs;
  readonly logger: Logger;
  readonly policy: HgPolicy;
  readonly auditMs: number;
}

export class ProgramFallback implements Disposable {
  readonly #options: ProgramFallbackOptions;
  readonly #owned = new DisposableStore();
  readonly #updates = this.#owned.add(new Emitter<PublishedUpdate>());
  readonly #bases = this.#owned.add(new Emitter<readonly string[]>());
  readonly #status: FallbackStatus;
  #running = new AbortController();
  #policy: HgPolicy;
  #unsupported: QuicksilverError | undefined;
  #watcher: ControlWatcher | undefined;

  readonly onDidUpdate = this.#updates.event;
  /** Never fires: there are no base contents. */
  readonly onDidChangeBases = this.#bases.event;

  constructor(options: ProgramFallbackOptions) {
    const { backend, program, variables, logger, auditMs } = options;
    this.#options = options;
    this.#policy = options.policy;
    this.#status = this.#owned.add(
      new FallbackStatus({
        program: program.name,
        ask: async () => {
          const answer = await program.ask({ root: backend.root, variables, signal: this.#running.signal });
          logger.info(`${program.name} status in ${backend.root}: ${answer.kind}`);
          return answer;
        },
        recorded: () => this.#recorded(),
        head: () => ({ head: undefined, tracked: 0, subrepositories: [] }),
        lock: () => this.#lenient<Lock>('free', () => backend.lock()),
        auditMs,
      }),
    );
    this.#owned.add(
      this.#status.onDidUpdate(update => {
        this.#watch();
        this.#updates.fire(update);
      }),
    );
  }

  /** True while the program answers for the repository. */
  get isActive(): boolean {
    return this.#status.isActive;
  }

  content(): Promise<ContentAnswer> {
    const why = 'Versions of files of an unsupported repository are not available.';
    return Promise.resolve(noContent('unavailable', why));
  }

  contentInstead(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** Follows the live model's state. Returns true if the program answers instead, so the state must not be sent on. */
  follow({ state }: Pick<ModelUpdate, 'state'>): boolean {
    this.#unsupported = state.kind === 'refused' ? state.problem : undefined;
    if (this.#unsupported === undefined || !isAllowed(this.#policy)) {
      this.#stop();
      return false;
    }
    this.#status.start(this.#unsupported);
    return true;
  }

  setPolicy(policy: HgPolicy): void {
    const wasAllowed = isAllowed(this.#policy);
    this.#policy = policy;
    if (wasAllowed === isAllowed(policy)) return;
    const problem = this.#unsupported;
    const wasActive = this.#status.isActive;
    this.#stop();
    if (problem === undefined) return;
    if (isAllowed(policy)) this.#status.start(problem);
    else if (wasActive) this.#updates.fire(nothingKnown(problem));
  }

  hint(paths: Iterable<BytePath>): void {
    const { controlName } = this.#options.backend;
    let isControl = false;
    for (const at of paths) {
      if (at === controlName || at.startsWith(`${controlName}/`)) {
        isControl = true;
      } else {
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

  #stop(): void {
    this.#status.stop();
    this.#running.abort();
    this.#running = new AbortController();
    this.#watcher?.dispose();
    this.#watcher = undefined;
  }

  #watch(): void {
    const { backend, logger } = this.#options;
    if (this.#watcher === undefined) {
      this.#watcher = new ControlWatcher(backend, logger);
      this.#watcher.onEvent(() => this.#status.control());
    }
    this.#watcher.arm([]);
  }

  /** A text that is another one when one of the system's files is. */
  #recorded(): string {
    const { backend, vfs } = this.#options;
    return backend
      .controlDirectories()
      .flatMap(directory => this.#lenient([], () => vfs.list(directory)).map(name => [directory, name] as const))
      .filter(([directory, name]) => backend.isRelevant(directory, name))
      .map(([directory, name]) => this.#stateOf(path.join(directory, name)))
      .join('\n');
  }

  #stateOf(file: string): string {
    const identity = this.#lenient(undefined, () => this.#options.vfs.identity(file));
    // The times of a directory change with each lock.
    if (identity === undefined || this.#options.vfs.isDirectory(file)) return file;
    const { device, inode, size, mtimeNs, ctimeNs } = identity;
    return [file, device, inode, size, mtimeNs, ctimeNs].join(' ');
  }

  #lenient<T>(otherwise: T, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof QuicksilverError)) throw error;
      return otherwise;
    }
  }
}
