// Contents of files that an extension keeps outside of filelogs: remotefilelog in a file for each revision, sqlitestore
// in a database. Changelog and manifests are revlogs there, too.
import { createHash } from 'node:crypto';
import { toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { Vfs } from '../../files/vfs.ts';
import { METADATA_MARK, startsWithMark } from './filelog.ts';
import { NULL_NODE_HEX, nodeBytes, nodeHash } from './node.ts';
import { MAX_TEXT_BYTES } from './revlog.ts';

export const REMOTEFILELOG = 'exp-remotefilelog-repo-req-1';
export const SQLITE = 'exp-sqlite-001';

/** Contents by path and file node. */
export interface RemoteFiles {
  /** Returns the content, checked against the node. Throws 'unsupported' if it is not on this machine. */
  content(path: BytePath, node: string): Buffer;
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
  if (requirements.has(SQLITE)) return { content: path => unavailable(path, 'is kept in SQLite') };
  if (!requirements.has(REMOTEFILELOG)) return undefined;
  return {
    content: (path, node) => {
      const key = createHash('sha1').update(path, 'latin1').digest('hex');
      const files = [`${places.storeDirectory}/data/${key}/${node}`];
      if (places.cache !== undefined) files.push(`${places.cache}/${key.slice(0, 2)}/${key.slice(2)}/${node}`);
      for (const file of files) {
        const bytes = vfs.read(file, MAX_TEXT_BYTES)?.bytes;
        if (bytes !== undefined) return parseRemoteFile(bytes, node, file);
      }
      return unavailable(path, `is kept elsewhere by remotefilelog (file node ${node.slice(0, 12)})`);
    },
  };
}

function unavailable(path: BytePath, where: string): never {
  throw new QuicksilverError('unsupported', `the content of ${toDisplay(path)} ${where}`);
}

const SIZE_DIGITS = 10;
const NODE_BYTES = 20;

/**
 * Returns the content in a file of remotefilelog: its size in decimal digits, NUL, the content, then the ancestry from
 * the revision on. Each entry has the nodes of the revision, its parents and its changeset, and the copy source with a
 * NUL. A copy has its source in the place of the first parent. Verified with hg 6.3.2.
 *
 * Throws 'corrupt' for anything else, and for a content whose hash is not `node`.
 */
export function parseRemoteFile(bytes: Buffer, node: string, file: string): Buffer {
  const corrupt = (what: string): QuicksilverError => new QuicksilverError('corrupt', `${file}: ${what}`, { file });
  const end = bytes.subarray(0, SIZE_DIGITS + 1).indexOf(0);
  const digits = end < 0 ? '' : bytes.toString('latin1', 0, end);
  if (!/^\d+$/.test(digits)) throw corrupt('begins with no size');
  const start = end + 1;
  const ancestry = start + Number(digits);
  const copyAt = ancestry + 4 * NODE_BYTES;
  const copyEnd = bytes.indexOf(0, copyAt);
  if (copyAt > bytes.length || copyEnd < 0) throw corrupt('is too short');
  const content = bytes.subarray(start, ancestry);
  const nodeAt = (index: number): Buffer =>
    bytes.subarray(ancestry + index * NODE_BYTES, ancestry + (index + 1) * NODE_BYTES);
  const [p1, p2] = [nodeAt(1), nodeAt(2)];
  const source = bytes.subarray(copyAt, copyEnd);
  const isCopy = source.length > 0;
  const hash = nodeHash(isCopy ? nodeBytes(NULL_NODE_HEX) : p1, p2);
  if (isCopy) {
    hash.update(METADATA_MARK).update('copy: ').update(source);
    hash.update(`\ncopyrev: ${p1.toString('hex')}\n`).update(METADATA_MARK);
  } else if (startsWithMark(content)) {
    hash.update(METADATA_MARK).update(METADATA_MARK);
  }
  if (hash.update(content).digest('hex') !== node) throw corrupt(`is not the revision ${node}`);
  return content;
}
