// Contents of files that an extension keeps outside of filelogs: remotefilelog in a file for each revision, sqlitestore
// in a database. Changelog and manifests are revlogs there, too.
import { createHash } from 'node:crypto';
import { bytePath, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { Vfs } from '../../files/vfs.ts';
import { METADATA_MARK, parseFileText, startsWithMark } from './filelog.ts';
import { NODE_LENGTH, NULL_NODE_HEX, nodeBytes, nodeHash } from './node.ts';
import { RemotePacks, type RemoteRevision } from './remotePacks.ts';
import { MAX_TEXT_BYTES } from './revlog.ts';

export const REMOTEFILELOG = 'exp-remotefilelog-repo-req-1';
export const SQLITE = 'exp-sqlite-001';

/** Contents and histories by path and file node. */
export interface RemoteFiles {
  /** Returns the content, checked against the node. Throws 'unsupported' if it is not on this machine. */
  content(path: BytePath, node: string): Buffer;
  /** Returns the revision and those of its ancestors at the same path that are known; none if it is not known. */
  ancestry(path: BytePath, node: string): Iterable<RemoteRevision>;
}

/** Where remotefilelog has contents: those made here, and the user's cache of those that were fetched. */
export interface RemoteFilePlaces {
  readonly storeDirectory: string;
  /** The cache's folder for this repository, if it is configured. */
  readonly cache: string | undefined;
}

/** Returns the contents of a store with one of these requirements; undefined for a store of filelogs. */
export function remoteFilesOf(
  vfs: Vfs,
  requirements: ReadonlySet<string>,
  places: RemoteFilePlaces,
): RemoteFiles | undefined {
  if (requirements.has(SQLITE)) return { content: path => unavailable(path, 'is kept in SQLite'), ancestry: () => [] };
  return requirements.has(REMOTEFILELOG) ? new FilesOfRemotefilelog(vfs, places) : undefined;
}

/** Files of one revision each, and packs, which `hg repack` makes of those in the cache. */
class FilesOfRemotefilelog implements RemoteFiles {
  readonly #vfs: Vfs;
  readonly #places: RemoteFilePlaces;
  readonly #packs: RemotePacks | undefined;

  constructor(vfs: Vfs, places: RemoteFilePlaces) {
    this.#vfs = vfs;
    this.#places = places;
    this.#packs = places.cache === undefined ? undefined : new RemotePacks(vfs, `${places.cache}/packs`);
  }

  content(path: BytePath, node: string): Buffer {
    const found = this.#file(path, node);
    if (found !== undefined) return parseRemoteFile(found.bytes, node, found.file);
    const text = this.#packs?.text(node);
    if (text === undefined)
      return unavailable(path, `is kept elsewhere by remotefilelog (file node ${node.slice(0, 12)})`);
    for (const revision of this.#packs!.revisions(path)) {
      if (revision.node !== node) continue;
      const p1 = revision.copySource === undefined ? revision.p1 : NULL_NODE_HEX;
      if (nodeHash(nodeBytes(p1), nodeBytes(revision.p2)).update(text).digest('hex') === node) break;
      throw new QuicksilverError(
        'corrupt',
        `${this.#places.cache!}/packs: ${toDisplay(path)} is not the revision ${node}`,
      );
    }
    return parseFileText(text).content;
  }

  ancestry(path: BytePath, node: string): Iterable<RemoteRevision> {
    const found = this.#file(path, node);
    return found === undefined ? (this.#packs?.revisions(path) ?? []) : parseAncestry(found.bytes, path, found.file);
  }

  #file(path: BytePath, node: string): { readonly bytes: Buffer; readonly file: string } | undefined {
    const { storeDirectory, cache } = this.#places;
    const key = createHash('sha1').update(path, 'latin1').digest('hex');
    const files = [`${storeDirectory}/data/${key}/${node}`];
    if (cache !== undefined) files.push(`${cache}/${key.slice(0, 2)}/${key.slice(2)}/${node}`);
    for (const file of files) {
      const bytes = this.#vfs.read(file, MAX_TEXT_BYTES)?.bytes;
      if (bytes !== undefined) return { bytes, file };
    }
    return undefined;
  }
}

function unavailable(path: BytePath, where: string): never {
  throw new QuicksilverError('unsupported', `the content of '${toDisplay(path)}' ${where}`);
}

const SIZE_DIGITS = 10;

/**
 * Returns the content in a file of remotefilelog: its size in decimal digits, NUL, the content, then the ancestry from
 * the revision on. Each entry has the nodes of the revision, its parents and its changeset, and the copy source with a
 * NUL. A copy has its source in the place of the first parent. Verified with hg 6.3.2.
 *
 * Throws 'corrupt' for anything else, and for a content whose hash is not `node`.
 */
export function parseRemoteFile(bytes: Buffer, node: string, file: string): Buffer {
  const [start, end] = placeOfContent(bytes, file);
  const content = bytes.subarray(start, end);
  const { p1, p2, copySource } = revisionAt(bytes, end, file);
  const hash = nodeHash(nodeBytes(copySource === undefined ? p1 : NULL_NODE_HEX), nodeBytes(p2));
  if (copySource !== undefined) {
    hash.update(METADATA_MARK).update('copy: ').update(copySource, 'latin1');
    hash.update(`\ncopyrev: ${p1}\n`).update(METADATA_MARK);
  } else if (startsWithMark(content)) {
    hash.update(METADATA_MARK).update(METADATA_MARK);
  }
  if (hash.update(content).digest('hex') !== node) throw corrupt(file, `is not the revision ${node}`);
  return content;
}

/**
 * Yields the revisions at the path of the file, itself first: each file has the whole ancestry, those at the paths of
 * copy sources included. Throws as {@link parseRemoteFile} does.
 */
export function* parseAncestry(bytes: Buffer, path: BytePath, file: string): Generator<RemoteRevision> {
  const paths = new Map<string, BytePath>();
  for (let [, at] = placeOfContent(bytes, file); at < bytes.length;) {
    const revision = revisionAt(bytes, at, file);
    const { node, p1, p2, copySource } = revision;
    const own = paths.get(node) ?? path;
    paths.set(p1, copySource === undefined ? own : bytePath(copySource)).set(p2, own);
    if (own === path) yield revision;
    at += REVISION_BYTES + (copySource?.length ?? 0);
  }
}

/** Four nodes, and the NUL after the copy source. */
const REVISION_BYTES = 4 * NODE_LENGTH + 1;

function placeOfContent(bytes: Buffer, file: string): readonly [start: number, end: number] {
  const end = bytes.subarray(0, SIZE_DIGITS + 1).indexOf(0);
  const digits = end < 0 ? '' : bytes.toString('latin1', 0, end);
  if (!/^\d+$/.test(digits)) throw corrupt(file, 'begins with no size');
  return [end + 1, end + 1 + Number(digits)];
}

function revisionAt(bytes: Buffer, at: number, file: string): RemoteRevision {
  const copyAt = at + 4 * NODE_LENGTH;
  const copyEnd = bytes.indexOf(0, copyAt);
  if (copyAt > bytes.length || copyEnd < 0) throw corrupt(file, 'is too short');
  const node = (index: number): string =>
    bytes.toString('hex', at + index * NODE_LENGTH, at + (index + 1) * NODE_LENGTH);
  const copySource = copyEnd === copyAt ? undefined : bytes.toString('latin1', copyAt, copyEnd);
  return { node: node(0), p1: node(1), p2: node(2), link: node(3), copySource };
}

function corrupt(file: string, what: string): QuicksilverError {
  return new QuicksilverError('corrupt', `${file}: ${what}`, { file });
}
