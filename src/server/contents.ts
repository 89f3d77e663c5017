// Versions of files from the history of one repository. What was read is kept by file node, so that it is read once
// however often it is asked for; of the files whose base was asked for it is known when that becomes another.
import { fromDisplay, toDisplay, type BytePath } from '../base/bytePath.ts';
import { QuicksilverError } from '../base/errors.ts';
import { BoundedCache } from '../base/boundedCache.ts';
import type { Snapshot } from '../workingCopy/backend.ts';
import { NoContent, type FileVersion, type NoContentReason, type RepositoryQueries } from '../workingCopy/queries.ts';
import type { ContentAnswer, ContentQuery } from './protocol.ts';

/** What the contents are read from; a live model and its backend, or what a test takes for them. */
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
  /** What the base of each file was when it was asked for first or last told to have changed; '' for none. */
  readonly #followed = new BoundedCache<string>(MAX_FOLLOWED, MAX_FOLLOWED, () => 1);
  /**
   * What `#followed` was compared with last. It is not kept from being forgotten: where nothing that is told has changed, what
   * was recorded before, tens of megabytes, would stay until the next update.
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
   * The files whose base was asked for and is another now; each change is told once. Costs nothing if what is recorded is
   * the same as at the last call, a look into the manifest per file if it is not, and no reading of any file's history.
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
    // A change that came since the last comparison was made is told of like every other.
    this.#compared ??= { base: new WeakRef(snapshot.input.base), statCache: new WeakRef(snapshot.input.statCache) };
    if (this.#followed.get(path) === undefined) this.#followed.set(path, this.#identity(snapshot, path));
  }

  #identity(snapshot: Snapshot, path: BytePath): string {
    try {
      return this.#repository.queries.baseId(snapshot, path);
    } catch (error) {
      // What cannot be read now is told when it is asked for, and has changed when it can be read again.
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

/** There is none; the message is a sentence for a person. */
export function noContent(reason: NoContentReason, message: string): ContentAnswer {
  return { kind: 'none', reason, message };
}
