// The branch of each changeset: from Mercurial's cache, or from its text. Each branch that was read stays: four bytes.
import { fromDisplay } from '../../base/bytePath.ts';
import type { Vfs } from '../../files/vfs.ts';
import { NODE_LENGTH } from '../store/node.ts';
import type { Changelog } from '../store/changelog.ts';
import { RevisionBranches, type RevisionBranch } from './revisionBranches.ts';

/** Changesets whose nodes are read at once, to compare them with those of the cache. */
const BLOCK = 1 << 14;

export class KnownBranches {
  /** Texts of changesets that were read so far. Tests assert exact numbers. */
  texts = 0;
  readonly #changelog: Changelog;
  readonly #cache: RevisionBranches;
  readonly #branches: RevisionBranch[] = [];
  readonly #places = new Map<string, number>();
  /** For each changeset whose text was read, the place in {@link #branches}, from 1. */
  #read = new Int32Array(0);
  #block: { readonly first: number; readonly nodes: Buffer } | undefined;

  /** @param cacheDirectory where Mercurial keeps what it has computed, which need not exist */
  constructor(vfs: Vfs, changelog: Changelog, cacheDirectory: string) {
    this.#changelog = changelog;
    this.#cache = new RevisionBranches(vfs, cacheDirectory);
  }

  /** True if no text has to be read for a revision. */
  has(revision: number): boolean {
    return (this.#read[revision] ?? 0) > 0 || this.#cached(revision) !== undefined;
  }

  /** Throws what reading the text throws, if the cache does not know the revision. */
  of(revision: number): RevisionBranch {
    const known = this.#read[revision] ?? 0;
    if (known > 0) return this.#branches[known - 1]!;
    return this.#cached(revision) ?? this.#fromText(revision);
  }

  #cached(revision: number): RevisionBranch | undefined {
    if (this.#cache.isEmpty) return undefined;
    const first = revision - (revision % BLOCK);
    if (this.#block?.first !== first || revision - first >= this.#block.nodes.length / NODE_LENGTH) {
      const { revlog } = this.#changelog;
      let nodes: Buffer = Buffer.alloc(0);
      revlog.hashNodes(first, Math.min(BLOCK, revlog.length - first), { update: bytes => (nodes = bytes) });
      this.#block = { first, nodes };
    }
    return this.#cache.find(revision, this.#block.nodes, (revision - first) * NODE_LENGTH);
  }

  #fromText(revision: number): RevisionBranch {
    const { branch: shown, closesBranch } = this.#changelog.read(revision);
    this.texts++;
    const branch = fromDisplay(shown);
    const key = `${closesBranch ? 1 : 0}${branch}`;
    let place = this.#places.get(key);
    if (place === undefined) {
      place = this.#branches.push({ branch, closesBranch });
      this.#places.set(key, place);
    }
    if (revision >= this.#read.length) {
      const grown = new Int32Array(Math.max(this.#changelog.revlog.length, revision + 1));
      grown.set(this.#read);
      this.#read = grown;
    }
    this.#read[revision] = place;
    return this.#branches[place - 1]!;
  }
}
