// Reads versions of files from the history of one repository. Contents are cached by file node, so each is read once.
// For files whose base was requested, it notices when the base changes.
import { fromDisplay, toDisplay, type BytePath } from '../base/bytePath.ts';
import { QuicksilverError } from '../base/errors.ts';
import { BoundedCache } from '../base/boundedCache.ts';
import type { Snapshot } from '../workingCopy/backend.ts';
import { NoContent, type FileVersion, type NoContentReason, type RepositoryQueries } from '../workingCopy/queries.ts';
import type { ContentAnswer, ContentQuery } from './protocol.ts';

/** The source of the contents: a live model with its backend, or a test's replacement. */
export interface ContentSourceRepository {
  /** Undefined while the repository cannot be read. */
  snapshot(): Snapshot | undefined;
  /** Resolves when {@link snapshot} can be expected to be there. */
  settle(): Promise<void>;
  readonly queries: Pick<RepositoryQueries, 'version' | 'baseId' | 'whileStable'>;
}

/** The work done so far. Tests assert exact numbers. */
export interface ContentCounters {
  /** Contents put together from the history. */
  read: number;
  /** Contents that were still there. */
  remembered: number;
  /** Files looked up in a manifest because something recorded had changed. */
  compared: number;
}

const MAX_BYTES = 32 << 20;
const MAX_CONTENTS = 4096;
/** A file nobody has asked about for so many others is no longer on a screen. */
const MAX_FOLLOWED = 10_000;

export class Contents {
  readonly counters: ContentCounters = { read: 0, remembered: 0, compared: 0 };
  readonly #repository: ContentSourceRepository;
  readonly #bytes = new BoundedCache<Uint8Array>(MAX_CONTENTS, MAX_BYTES, bytes => bytes.length);
  /** Each file's base when it was first requested or last reported as changed; '' for none. */
  readonly #followed = new BoundedCache<string>(MAX_FOLLOWED, MAX_FOLLOWED, () => 1);
  /**
   * The parts of the snapshot that `#followed` was last compared with. The references are weak. Strong ones would keep
   * tens of megabytes of an old snapshot until the next update.
   */
  #compared: { readonly base: WeakRef<object>; readonly statCache: WeakRef<object> } | undefined;

  constructor(repository: ContentSourceRepository) {
    this.#repository = repository;
  }

  /** Never rejects for what a repository can be like: that is an answer. */
  async answer(query: Omit<ContentQuery, 'root'>): Promise<ContentAnswer> {
    const path = fromDisplay(query.path);
    if (this.#repository.snapshot() === undefined) await this.#repository.settle();
    const snapshot = this.#repository.snapshot();
    if (snapshot === undefined) return noContent('unavailable', 'The repository cannot be read at the moment.');
    try {
      return this.#repository.queries.whileStable(snapshot, () => this.#answer(snapshot, path, query));
    } catch (error) {
      if (error instanceof NoContent) return noContent(error.reason, error.message);
      if (!(error instanceof QuicksilverError)) throw error;
      return noContent(error.code === 'corrupt' ? 'damaged' : 'unavailable', error.message);
    }
  }

  /**
   * Returns the requested files whose base has changed, each change once. Costs nothing for an unchanged snapshot.
   * Otherwise it costs a manifest look-up for each file, and reads no file's history.
   */
  takeChangedBases(): string[] {
    const snapshot = this.#repository.snapshot();
    if (snapshot === undefined) return [];
    const { base, statCache } = snapshot.input;
    const before = this.#compared;
    if (before?.base.deref() === base && before.statCache.deref() === statCache) return [];
    this.#compared = { base: new WeakRef(base), statCache: new WeakRef(statCache) };
    const changed: string[] = [];
    for (const [path, known] of this.#followed.entries()) {
      this.counters.compared++;
      const now = this.#identity(snapshot, path as BytePath);
      if (now === known) continue;
      this.#followed.set(path, now);
      changed.push(toDisplay(path));
    }
    return changed;
  }

  #answer(snapshot: Snapshot, path: BytePath, { revision, withBytes }: Omit<ContentQuery, 'root'>): ContentAnswer {
    if (revision === 'base') this.#follow(snapshot, path);
    const found = this.#repository.queries.version(snapshot, path, revision);
    const bytes = this.#read(found);
    return {
      kind: 'content',
      node: found.id,
      changeset: found.changeset,
      path: toDisplay(found.path),
      type: found.kind,
      size: bytes.length,
      ...(withBytes && { bytes }),
    };
  }

  #follow(snapshot: Snapshot, path: BytePath): void {
    // A change since the last comparison is reported like any other.
    this.#compared ??= { base: new WeakRef(snapshot.input.base), statCache: new WeakRef(snapshot.input.statCache) };
    if (this.#followed.get(path) === undefined) this.#followed.set(path, this.#identity(snapshot, path));
  }

  #identity(snapshot: Snapshot, path: BytePath): string {
    try {
      return this.#repository.queries.baseId(snapshot, path);
    } catch (error) {
      // A read error is reported on request. The base changes when it can be read again.
      if (error instanceof QuicksilverError) return '';
      throw error;
    }
  }

  #read(version: FileVersion): Uint8Array {
    const kept = this.#bytes.get(version.id);
    if (kept !== undefined) {
      this.counters.remembered++;
      return kept;
    }
    const content = version.content();
    // A copy of its own: a part of a larger buffer would be kept, and sent, with all of that buffer.
    const bytes = new Uint8Array(content);
    this.counters.read++;
    if (bytes.length <= MAX_BYTES) this.#bytes.set(version.id, bytes);
    return bytes;
  }
}

/** Returns the answer for a missing content; the message is a sentence for the user. */
export function noContent(reason: NoContentReason, message: string): ContentAnswer {
  return { kind: 'none', reason, message };
}
