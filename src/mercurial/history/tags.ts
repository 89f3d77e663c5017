// Tags: lines of node and name in `.hgtags`, of which every head of the history has its own, and in `.hg/localtags`.
import { bytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { linesOf } from '../../base/lines.ts';
import { finish } from '../annotate/finish.ts';
import { isNodeHex, NULL_NODE_HEX } from '../store/node.ts';
import type { Store } from '../store/store.ts';
import type { Vfs } from '../../files/vfs.ts';
import { locateRoots } from './phases.ts';

const TAGS_FILE = bytePath('.hgtags');
const MAX_TAGS_BYTES = 256 * 1024 * 1024;
/** Bytes that are searched for a name before the tags of all heads are read instead. */
const MAX_SEARCHED_BYTES = 64 * 1024 * 1024;
/** Bytes in all versions of `.hgtags`, and lines that are merged: a version for each of many heads repeats them. */
const MAX_TOTAL_BYTES = 1024 * 1024 * 1024;
const MAX_MERGED_LINES = 50_000_000;

/** A name in a file of tags: the node of its last line, and the nodes of the lines before. */
export interface TagHistory {
  readonly node: string;
  readonly earlier: readonly string[];
}

/** Tags of one file by name, a byte string. Lines that are no tag are passed over, as Mercurial does. */
export function parseTags(text: string): Map<string, TagHistory> {
  const nodes = new Map<string, string[]>();
  for (const line of linesOf(text)) {
    const space = line.indexOf(' ');
    const node = line.slice(0, space).toLowerCase();
    if (space < 0 || !isNodeHex(node)) continue;
    const name = line.slice(space + 1).trim();
    const known = nodes.get(name);
    if (known === undefined) nodes.set(name, [node]);
    else known.push(node);
  }
  return new Map([...nodes].map(([name, all]) => [name, { node: all.at(-1)!, earlier: all.slice(0, -1) }]));
}

/**
 * Merges a tag of two files, the second one of a later head. The later file wins, unless the earlier file has already
 * replaced its node.
 */
export function mergeTag(earlier: TagHistory | undefined, later: TagHistory): TagHistory {
  if (earlier === undefined) return later;
  const replaced =
    earlier.node !== later.node &&
    earlier.earlier.includes(later.node) &&
    (!later.earlier.includes(earlier.node) || earlier.earlier.length > later.earlier.length);
  const history = new Set([...later.earlier, ...earlier.earlier]);
  return { node: replaced ? earlier.node : later.node, earlier: [...history] };
}

/** The tags of a repository, read when they are first asked for. */
export class Tags {
  readonly #store: Store;
  readonly #local: () => Map<string, TagHistory>;
  readonly #heads: () => readonly number[];
  readonly #isVisible: (revision: number) => boolean;
  #all: Map<string, TagHistory> | undefined;

  /** @param heads the visible heads, in order */
  constructor(
    store: Store,
    local: () => Map<string, TagHistory>,
    heads: () => readonly number[],
    isVisible: (revision: number) => boolean,
  ) {
    this.#store = store;
    this.#local = local;
    this.#heads = heads;
    this.#isVisible = isVisible;
  }

  /** The revision of a tag (a byte string); undefined if there is none, or of a changeset that does not exist. */
  find(name: string): number | undefined {
    const local = this.#local();
    // Reading the manifest of every head can be long; most names that are asked for are in no version of the file.
    if (this.#all === undefined && !local.has(name) && !this.#isMentioned(name)) return undefined;
    this.#all ??= finish(this.#merge(local));
    const node = this.#all.get(name)?.node;
    if (node === undefined || node === NULL_NODE_HEX) return undefined;
    const revision = this.#store.changelog.findNode(node);
    return revision >= 0 && this.#isVisible(revision) ? revision : undefined;
  }

  /** All tags (byte strings) of changesets that exist and are visible, with their revisions. */
  all(): Map<string, number> {
    this.#all ??= finish(this.#merge(this.#local()));
    const tags = new Map<string, number>();
    const nodes = [...this.#all.values()].map(({ node }) => node);
    const revisions = locateRoots(
      this.#store.changelog,
      nodes.filter(node => node !== NULL_NODE_HEX),
    );
    for (const [name, { node }] of this.#all) {
      const revision = revisions.get(node) ?? -1;
      if (revision >= 0 && this.#isVisible(revision)) tags.set(name, revision);
    }
    return tags;
  }

  /** Reads the tags, in steps between which the caller may do other things: each head has a manifest of its own. */
  *load(): Generator<void, void> {
    this.#all ??= yield* this.#merge(this.#local());
  }

  #isMentioned(name: string): boolean {
    if (!this.#store.hasFilelogs) return true;
    const log = this.#store.filelog(TAGS_FILE);
    if (log === undefined) return false;
    const wanted = Buffer.from(name, 'latin1');
    let searched = 0;
    for (let revision = log.revlog.length - 1; revision >= 0; revision--) {
      const { content } = log.read(revision);
      searched += content.length;
      if (searched > MAX_SEARCHED_BYTES || content.includes(wanted)) return true;
    }
    return false;
  }

  *#merge(local: Map<string, TagHistory>): Generator<void, Map<string, TagHistory>> {
    const all = new Map<string, TagHistory>();
    let bytes = 0;
    let lines = 0;
    const add = (tags: Map<string, TagHistory>): void => {
      for (const [name, tag] of tags) {
        const known = all.get(name);
        lines += tag.earlier.length + (known?.earlier.length ?? 0) + 1;
        if (lines > MAX_MERGED_LINES) throw tooMany(`${lines} lines`);
        all.set(name, mergeTag(known, tag));
      }
    };
    const seen = new Set<string>();
    const mayExist = !this.#store.hasFilelogs || this.#store.filelog(TAGS_FILE) !== undefined;
    for (const head of mayExist ? this.#heads() : []) {
      yield;
      const node = this.#store.manifest(this.#store.changelog.manifestNode(head)).find(TAGS_FILE)?.node;
      if (node === undefined || seen.has(node)) continue;
      seen.add(node);
      const content = this.#store.content(TAGS_FILE, node);
      bytes += content.length;
      if (content.length > MAX_TAGS_BYTES || bytes > MAX_TOTAL_BYTES) throw tooMany(`${bytes} bytes`);
      add(parseTags(content.toString('latin1')));
    }
    add(local);
    return all;
  }
}

function tooMany(what: string): QuicksilverError {
  return new QuicksilverError('unsupported', `${what} in the .hgtags of all heads are not supported`);
}

/** Local tags of changesets that exist. Throws 'io' if the file cannot be read. */
export function readLocalTags(vfs: Vfs, file: string, exists: (node: string) => boolean): Map<string, TagHistory> {
  const tags = parseTags(vfs.read(file, MAX_TAGS_BYTES)?.bytes.toString('latin1') ?? '');
  for (const [name, { node }] of tags) if (node !== NULL_NODE_HEX && !exists(node)) tags.delete(name);
  return tags;
}
