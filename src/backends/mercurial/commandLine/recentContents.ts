// Contents of file revisions for a walk from new to old ones. A revision is stored as deltas against older ones, so
// that each older content would be made from the beginning of its chain again.
import type { BytePath } from '../../../base/bytePath.ts';
import { BoundedCache } from '../../../base/boundedCache.ts';
import { QuicksilverError } from '../../../base/errors.ts';
import type { Filelog } from '../../../mercurial/store/filelog.ts';

/** Revisions that are read together, in ascending order, where a file is asked for again. */
const BATCH = 32;
const MAX_BYTES = 1 << 26;
/** Contents of a file this large are read one by one. */
const MAX_BATCHED_BYTES = 1 << 20;

export class RecentContents {
  readonly #contents = new BoundedCache<Buffer>(4096, MAX_BYTES, content => content.length);
  /** Files of which a revision was read. */
  readonly #seen = new Set<BytePath>();

  /** Returns the content of a revision. Throws what reading it throws. */
  of(path: BytePath, filelog: Filelog, revision: number): Buffer {
    const known = this.#contents.get(keyOf(path, filelog, revision));
    if (known !== undefined) return known;
    const isFirst = !this.#seen.has(path);
    this.#seen.add(path);
    if (isFirst || filelog.revlog.entry(revision).fullLength > MAX_BATCHED_BYTES) {
      return this.#keep(path, filelog, revision);
    }
    return filelog.revlog.keepingOpen(() =>
      filelog.revlog.keepingLastText(() => {
        for (let older = Math.max(0, revision - BATCH + 1); older < revision; older++) {
          this.#tryToKeep(path, filelog, older);
        }
        return this.#keep(path, filelog, revision);
      }),
    );
  }

  #keep(path: BytePath, filelog: Filelog, revision: number): Buffer {
    const content = filelog.content(revision);
    this.#contents.set(keyOf(path, filelog, revision), content);
    return content;
  }

  /** Reads a revision that may be asked for next. Its errors show when it is. */
  #tryToKeep(path: BytePath, filelog: Filelog, revision: number): void {
    try {
      this.#keep(path, filelog, revision);
    } catch (error) {
      if (!(error instanceof QuicksilverError)) throw error;
    }
  }
}

function keyOf(path: BytePath, filelog: Filelog, revision: number): string {
  return `${filelog.revlog.entry(revision).node.toString('hex')} ${path}`;
}
