// The models that the shared server keeps for clients that ask now and then. Each stays for some minutes after the last
// question. If memory is short, the least recently used one goes.
import { Delay } from '../../base/async.ts';
import type { Disposable } from '../../base/lifecycle.ts';
import type { SystemKind } from '../../base/repositoryState.ts';
import type { ProcessEnvironment } from '../../files/environment.ts';
import type { Hub, Lease, SharedRepository } from '../hub.ts';
import { ChangeRing } from './changeRing.ts';
import { factsOf, type RootFacts } from './exactStatus.ts';

export interface ModelLimits {
  /** A model that nobody has asked for so long is unloaded. */
  readonly unloadMs: number;
  /** The estimated bytes of all models together. */
  readonly memoryBytes: number;
  /** The part of the system's watches that all models together may have. No client changes it. */
  readonly watchShare: number;
}

export interface ModelPlace {
  /** Absolute path without symbolic links. */
  readonly root: string;
  readonly system: SystemKind;
  readonly environment: ProcessEnvironment;
}

export interface KeptModel {
  readonly repository: SharedRepository;
  readonly facts: RootFacts;
  readonly changes: ChangeRing;
}

interface Kept extends KeptModel {
  readonly lease: Lease;
  askedAt: number;
  /** Questions that are being answered: it is not unloaded meanwhile. */
  pending: number;
}

/** A client without watches of its own has no audits; a model that was not asked for so long makes one. */
const AUDIT_AFTER_MS = 60_000;

export class Models implements Disposable {
  readonly #hub: Hub;
  readonly #serverId: string;
  readonly #limits: ModelLimits;
  readonly #kept = new Map<string, Kept>();
  readonly #due: Delay;
  readonly #now: () => number;

  constructor(hub: Hub, serverId: string, limits: ModelLimits, now: () => number = () => performance.now()) {
    this.#hub = hub;
    this.#serverId = serverId;
    this.#limits = limits;
    this.#now = now;
    this.#due = new Delay(() => this.#unload());
  }

  get watchShare(): number {
    return this.#limits.watchShare;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** The estimated bytes of all models, those of windows included. */
  get usedBytes(): number {
    return this.#hub.all.reduce((sum, { repository }) => sum + estimatedBytes(repository), 0);
  }

  /** Keeps the model that a window lets go of, for the next one: it may only be loading anew. */
  keep({ root, environment, model, backend }: SharedRepository): void {
    if (model.state.kind !== 'ready' || backend.controlName !== '.hg') return;
    this.#find({ root, system: 'hg', environment });
    this.#makeRoom();
  }

  /** True if one more model may be followed. Unloads the least recently used ones for it. */
  hasRoom(): boolean {
    this.#makeRoom();
    return this.usedBytes <= this.#limits.memoryBytes;
  }

  /** Answers a question with a model, and starts it if needed. */
  async ask<T>(place: ModelPlace, answer: (kept: KeptModel) => Promise<T>): Promise<T> {
    const kept = this.#find(place);
    kept.pending++;
    try {
      return await answer(kept);
    } finally {
      kept.pending--;
      kept.askedAt = this.#now();
      // A new model has its size after the first answer, and any other may have grown.
      this.#makeRoom();
    }
  }

  #find({ root, system, environment }: ModelPlace): Kept {
    const key = JSON.stringify([root, system, { ...environment.variables }]);
    let kept = this.#kept.get(key);
    const now = this.#now();
    if (kept === undefined) {
      const lease = this.#hub.share({ root, system, environment, auditSeconds: 0, watchShare: this.watchShare });
      const { repository } = lease;
      const changes = new ChangeRing(this.#serverId, repository);
      kept = { lease, repository, changes, facts: factsOf(root), askedAt: now, pending: 0 };
      lease.start();
    } else if (now - kept.askedAt > AUDIT_AFTER_MS) {
      kept.repository.model.audit();
    }
    kept.askedAt = now;
    // The most recently used one comes last.
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    if (!this.#due.isSet) this.#due.set(this.#limits.unloadMs);
    return kept;
  }

  /** Unloads the models of a root: it is another directory now. */
  forget(root: string): void {
    for (const [key, { repository }] of this.#kept) if (repository.root === root) this.#drop(key);
  }

  dispose(): void {
    this.#due.dispose();
    for (const key of [...this.#kept.keys()]) this.#drop(key);
  }

  #unload(): void {
    const now = this.#now();
    for (const [key, { askedAt, pending }] of this.#kept) {
      if (pending === 0 && now - askedAt >= this.#limits.unloadMs) this.#drop(key);
    }
    const [oldest] = this.#kept.values();
    if (oldest !== undefined) this.#due.set(Math.max(1, oldest.askedAt + this.#limits.unloadMs - now));
  }

  /**
   * Unloads models until the rest has room. One that a window follows, too, would stay in memory. The last one that was
   * asked stays, so that a single large repository is not scanned again for each question.
   */
  #makeRoom(): void {
    const users = new Map(this.#hub.all.map(each => [each.repository, each.users]));
    let used = this.usedBytes;
    for (const [key, { repository, pending }] of [...this.#kept].slice(0, -1)) {
      if (used <= this.#limits.memoryBytes) return;
      if (pending > 0 || users.get(repository) !== 1) continue;
      used -= estimatedBytes(repository);
      this.#drop(key);
    }
  }

  #drop(key: string): void {
    this.#kept.get(key)?.changes.dispose();
    this.#kept.get(key)?.lease.dispose();
    this.#kept.delete(key);
  }
}

/** Measured: 57 MB for 300,000 tracked files in 25,000 directories, some 300 bytes for an entry. */
export function estimatedBytes({ model }: SharedRepository): number {
  const { counts } = model.tree;
  const entries = counts.modified + counts.added + counts.removed + counts.deleted + counts.unknown + counts.ignored;
  return 200 * (model.snapshot?.input.statCache.entryCount ?? 0) + 300 * entries + 300 * model.watched.directories;
}
