// Reads the index of a working tree, with its shared file and its sparse directories.
import * as path from 'node:path';
import type { NativeGitDecoders } from '../../base/decodeAccelerators.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { sameIdentity, type FileIdentity, type Vfs } from '../../files/vfs.ts';
import type { ObjectStore } from '../objects/objectStore.ts';
import { decodeIndex, type DecodedIndex } from './decodeIndex.ts';
import { EntryListBuilder, STAT_BYTES, type EntryList } from './entryList.ts';
import { GitIndex, secondsOf, type StatSettings } from './gitIndex.ts';
import { buildIndexTree } from './indexTree.ts';
import { expandSparseIndex, hasSparseDirectories } from './sparseIndex.ts';
import { joinSplitIndex, sharedIndexName } from './splitIndex.ts';

/** More than the index of ten million files has. */
const MAX_INDEX_BYTES = 2 ** 31 - 1;
/** The hash of larger files takes longer than it is worth: Git does not compute it at all. */
const VERIFIED_BYTES = 4 * 1024 * 1024;
/** A shared file that is gone was replaced together with the index. */
const ATTEMPTS = 5;

export interface IndexOptions {
  readonly file: string;
  readonly settings: StatSettings;
  /** True if columns are made in memory that threads share. */
  readonly shared?: boolean | undefined;
  /** Decoders in native code. */
  readonly decoders?: NativeGitDecoders | undefined;
  /** Called with the number of bytes before they are decoded. */
  readonly expect?: ((bytes: number) => void) | undefined;
}

/**
 * Reads an index; one that does not exist has no entries.
 * Throws 'corrupt' for damage, 'unsupported' for a version or extension that must be understood and is not.
 */
export function readIndex(vfs: Vfs, store: ObjectStore, options: IndexOptions): GitIndex {
  for (let attempt = 1; ; attempt++) {
    const index = tryRead(vfs, store, options);
    if (index !== undefined) return index;
    if (attempt === ATTEMPTS) {
      throw new QuicksilverError('corrupt', `${options.file}: its shared index is missing`, { file: options.file });
    }
  }
}

function tryRead(vfs: Vfs, store: ObjectStore, options: IndexOptions): GitIndex | undefined {
  const { file, settings, shared, decoders, expect } = options;
  const { format } = store;
  const read = vfs.read(file, MAX_INDEX_BYTES);
  if (read === undefined || read.bytes.length === 0) return emptyIndex(store, file, settings, read?.identity);
  expect?.(read.bytes.length);
  const decoded = decode(read.bytes, store, file, decoders);
  const joined = joinShared(vfs, decoded, store, options);
  if (joined === undefined) return undefined;
  let list = joined.list;
  if (hasSparse(decoded, joined.shared)) list = hasSparseDirectories(list) ? expandSparseIndex(list, store) : list;
  const owner = settings.inode ? ownerOf(list) : undefined;
  const writtenAt = secondsOf(read.identity.mtimeNs);
  const tree = buildIndexTree(list, {
    format,
    file,
    writtenAt,
    owner,
    shared: shared ?? false,
    native: decoders,
  });
  return new GitIndex(list, tree, {
    format,
    settings,
    owner,
    identity: read.identity,
    sharedFile: joined.sharedFile,
    sharedIdentity: joined.sharedIdentity,
    cachedTrees: decoded.extensions.get('TREE'),
    untracked: decoded.extensions.get('UNTR'),
    file,
    native: decoders,
  });
}

/** True if the file that an index was read from was replaced. */
export function isIndexStale(vfs: Vfs, index: GitIndex): boolean {
  return !sameIdentity(vfs.targetIdentity(index.header.file), index.header.identity);
}

function decode(
  bytes: Buffer,
  store: ObjectStore,
  file: string,
  decoders: NativeGitDecoders | undefined,
): DecodedIndex {
  const decoded = decodeIndex(bytes, store.format, file, bytes.length <= VERIFIED_BYTES, decoders);
  for (const signature of decoded.extensions.keys()) {
    if (signature === 'link' || signature === 'sdir' || /^[A-Z]/.test(signature)) continue;
    throw new QuicksilverError('unsupported', `${file}: index extension '${signature}'`, { file });
  }
  return decoded;
}

function joinShared(
  vfs: Vfs,
  decoded: DecodedIndex,
  store: ObjectStore,
  { file, decoders }: IndexOptions,
):
  | {
      list: EntryList;
      shared: DecodedIndex | undefined;
      sharedFile: string | undefined;
      sharedIdentity: FileIdentity | undefined;
    }
  | undefined {
  const link = decoded.extensions.get('link');
  const name = link && sharedIndexName(link, store.format, file);
  if (name === undefined) {
    return { list: decoded.entries, shared: undefined, sharedFile: undefined, sharedIdentity: undefined };
  }
  const sharedFile = path.join(path.dirname(file), name);
  const read = vfs.read(sharedFile, MAX_INDEX_BYTES);
  if (read === undefined) return undefined;
  const shared = decode(read.bytes, store, sharedFile, decoders);
  const list = joinSplitIndex(decoded, shared, store.format, file);
  return { list, shared, sharedFile, sharedIdentity: read.identity };
}

function hasSparse(own: DecodedIndex, shared: DecodedIndex | undefined): boolean {
  return own.extensions.has('sdir') || shared?.extensions.has('sdir') === true;
}

/** The owner of the first entry, which is mostly that of all. */
function ownerOf({ count, bytes, at }: EntryList): { uid: number; gid: number } {
  if (count === 0) return { uid: 0, gid: 0 };
  return { uid: bytes.readUInt32BE(at[0]! + 28), gid: bytes.readUInt32BE(at[0]! + STAT_BYTES - 8) };
}

function emptyIndex(
  { format }: ObjectStore,
  file: string,
  settings: StatSettings,
  identity: FileIdentity | undefined,
): GitIndex {
  const list = new EntryListBuilder().build();
  const tree = buildIndexTree(list, { format, file, writtenAt: 0, owner: undefined, shared: false });
  return new GitIndex(list, tree, {
    format,
    settings,
    owner: undefined,
    identity,
    sharedFile: undefined,
    sharedIdentity: undefined,
    cachedTrees: undefined,
    untracked: undefined,
    file,
    native: undefined,
  });
}
