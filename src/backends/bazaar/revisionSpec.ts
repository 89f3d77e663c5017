// Names of revisions, as `-r` takes them: numbers, revid:, revno:, last:, before: and tag:.
import * as path from 'node:path';
import { bytePath, fromDisplay, toDisplay } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { Vfs } from '../../files/vfs.ts';
import { decodeBencode } from '../../bazaar/store/bencode.ts';
import { lastRevision } from '../../bazaar/repository/lastRevision.ts';
import { RevisionGraph } from '../../bazaar/store/revisionGraph.ts';
import type { PackStore } from '../../bazaar/store/packStore.ts';

const NULL = 'null:';
const MAX_TAGS_BYTES = 64 * 1024 * 1024;

export class RevisionNames {
  readonly #vfs: Vfs;
  readonly #branchDirectory: string;
  readonly #graph: RevisionGraph;

  /** @param branchDirectory undefined if the branch is not on this machine, which throws 'unsupported' */
  constructor(vfs: Vfs, store: PackStore, branchDirectory: string | undefined) {
    if (branchDirectory === undefined) {
      throw new QuicksilverError('unsupported', 'the branch is not on this machine, so that revisions have no numbers');
    }
    this.#vfs = vfs;
    this.#branchDirectory = branchDirectory;
    this.#graph = new RevisionGraph(store);
  }

  /**
   * Returns the id of a revision; undefined for the null revision.
   * Throws 'unknown-revision' if there is none, 'unsupported' for other kinds of names.
   */
  resolve(name: string): string | undefined {
    if (/^-?\d+$/.test(name)) return this.#byNumber(Number(name), name);
    const match = /^(revno|revid|last|before|tag):([^]*)$/.exec(name);
    if (match === null) throw new QuicksilverError('unsupported', `the revision '${name}' is not supported`);
    const value = match[2]!;
    switch (match[1]) {
      case 'revno':
        if (!/^-?\d+$/.test(value))
          throw new QuicksilverError('unsupported', `the revision '${name}' is not supported`);
        return this.#byNumber(Number(value), name);
      case 'last':
        return this.#fromLast(value === '' ? '1' : value, name);
      case 'before': {
        const revision = this.resolve(value);
        if (revision === undefined) throw unknown(name);
        return this.#graph.parents(revision)?.[0];
      }
      case 'tag':
        return this.#byTag(value);
      case undefined:
      default:
        return value === NULL ? undefined : this.#existing(fromDisplay(value), name);
    }
  }

  /** Returns the first parent of a revision; undefined for the null revision. */
  firstParent(revision: string): string | undefined {
    return this.#graph.parents(revision)?.[0];
  }

  /** Counts from the first revision of the branch, or with a negative number from the last one, up to the first one. */
  #byNumber(number: number, name: string): string | undefined {
    return this.#numbered(count => (number < 0 ? Math.max(1, count + 1 + number) : number), name);
  }

  /** Counts from the last revision, which is 1; the null revision is before the first one. */
  #fromLast(value: string, name: string): string | undefined {
    if (!/^\s*\+?\d+\s*$/.test(value) || Number(value) === 0) throw unknown(name);
    return this.#numbered(count => count + 1 - Number(value), name);
  }

  /** @param of returns the wanted number for that of the last revision */
  #numbered(of: (count: number) => number, name: string): string | undefined {
    const last = lastRevision(this.#vfs, this.#branchDirectory);
    const count = last?.number ?? 0;
    const wanted = of(count);
    if (!Number.isSafeInteger(wanted) || wanted < 0 || wanted > count) throw unknown(name);
    if (wanted === 0 || last === undefined) return undefined;
    let revision: string | undefined = last.id;
    for (let at = count; at > wanted && revision !== undefined; at--) revision = this.firstParent(revision);
    if (revision === undefined) throw unknown(name);
    return revision;
  }

  #byTag(tag: string): string | undefined {
    const file = path.join(this.#branchDirectory, 'tags');
    const bytes = this.#vfs.read(file, MAX_TAGS_BYTES)?.bytes;
    const tags = bytes === undefined || bytes.length === 0 ? undefined : decodeBencode(bytes, file);
    const found = tags instanceof Map ? (tags as ReadonlyMap<string, unknown>).get(fromDisplay(tag)) : undefined;
    if (typeof found !== 'string') throw unknown(`tag:${tag}`);
    return this.#existing(found, `tag:${tag}`);
  }

  #existing(revision: string, name: string): string {
    if (this.#graph.parents(revision) === undefined) throw unknown(name);
    return revision;
  }
}

function unknown(name: string): QuicksilverError {
  return new QuicksilverError('unknown-revision', `no revision '${toDisplay(bytePath(name))}' in this branch`);
}
