// Mercurial's extension largefiles: instead of a large file, the history has a stand-in with its hash, and a second
// dirstate records the file itself.
import { createHash } from 'node:crypto';
import * as path from 'node:path';
import { bytePath, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { ContentSource } from '../../base/fileStat.ts';
import type { FileIdentity, Vfs } from '../../files/vfs.ts';
import type { HgConfig } from '../config/hgConfig.ts';
import { mergedDirstate } from '../dirstate/mergedDirstate.ts';
import type { Dirstate } from '../dirstate/dirstate.ts';
import { readDirstate, type ReadDirstateOptions } from '../dirstate/readDirstate.ts';
import { MAX_TEXT_BYTES } from '../store/revlog.ts';
import type { StoreFile, StoreTree } from '../store/store.ts';
import type { PathScope } from './pathScope.ts';

/** The directory of the stand-ins, in the working copy. */
export const STANDINS = '.hglf';
/** Files in `.hg` of the second dirstate. */
export const LARGEFILES_STATE = 'largefiles/dirstate';

const REQUIREMENT = 'largefiles';

/** A large file of the base revision. Its kind is not compared. */
export interface LargeBaseFile {
  readonly kind: 'any';
  /** The hash of its content: SHA-1, hexadecimal. */
  readonly revision: string;
  matches(content: ContentSource): boolean;
  /** The content, if it is on this machine. Throws 'unsupported' if not. */
  content(): Buffer;
}

/** The files of a changeset, with the large ones in place of their stand-ins. */
export interface LargefilesTree extends Pick<StoreTree, 'warning' | 'release'> {
  find(path: BytePath): StoreFile | LargeBaseFile | undefined;
}

/** True if the extension may have a part in the status. The requirement enables it. */
export function mayHaveLargefiles(requirements: ReadonlySet<string>, config: HgConfig): boolean {
  return requirements.has(REQUIREMENT) || config.isExtensionEnabled(REQUIREMENT);
}

/** True if there are stand-ins or a second dirstate. */
export function hasLargefiles(vfs: Vfs, hgDirectory: string, main: Dirstate): boolean {
  return main.find(bytePath(STANDINS)) >= 0 || vfs.lstat(path.join(hgDirectory, LARGEFILES_STATE)) !== undefined;
}

/** Reads the second dirstate. Undefined if there is none: `hg` then makes it from the stand-ins. */
export function readLargefilesDirstate(
  vfs: Vfs,
  hgDirectory: string,
  options: ReadDirstateOptions,
): Dirstate | undefined {
  const large = readDirstate(vfs, path.join(hgDirectory, 'largefiles'), options);
  return large.identity === undefined ? undefined : large;
}

/** Returns one dirstate with the large files and without their stand-ins. */
export function withLargefiles(main: Dirstate, large: Dirstate | undefined): Dirstate {
  return mergedDirstate(main, large, STANDINS, combinedIdentity(main.identity, large?.identity));
}

/** Returns an identity that is another one when one of two files is; that of the only one if one is missing. */
export function combinedIdentity(a: FileIdentity | undefined, b: FileIdentity | undefined): FileIdentity | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const both = (field: keyof FileIdentity): bigint => (a[field] << 128n) + b[field];
  return {
    device: both('device'),
    inode: both('inode'),
    size: both('size'),
    mtimeNs: both('mtimeNs'),
    ctimeNs: both('ctimeNs'),
  };
}

/** Contents of large files on this machine. */
export class LargeContents {
  readonly #vfs: Vfs;
  readonly #directories: readonly string[];

  /** @param directories hold contents, each named by its hash */
  constructor(vfs: Vfs, directories: readonly string[]) {
    this.#vfs = vfs;
    this.#directories = directories;
  }

  /** Returns the content that a stand-in names, checked. Throws 'unsupported' if it is not here. */
  of(standin: Buffer): Buffer {
    const hash = hashIn(standin);
    for (const directory of /^[0-9a-f]{40}$/.test(hash) ? this.#directories : []) {
      const bytes = this.#vfs.read(path.join(directory, hash), MAX_TEXT_BYTES)?.bytes;
      if (bytes !== undefined && createHash('sha1').update(bytes).digest('hex') === hash) return bytes;
    }
    const shown = toDisplay(bytePath(hash.slice(0, 40)));
    throw new QuicksilverError(
      'unsupported',
      `the content ${shown} of the large file is neither in the repository nor in the user's cache`,
    );
  }
}

/** Returns the path of the large file that a stand-in stands for; undefined for any other path. */
export function largefileOf(at: BytePath): BytePath | undefined {
  return at.startsWith(`${STANDINS}/`) ? bytePath(at.slice(STANDINS.length + 1)) : undefined;
}

export function standinOf(at: BytePath): BytePath {
  return bytePath(`${STANDINS}/${at}`);
}

/** Returns the tree of a changeset as the status compares with it: a file that has no revision may have a stand-in. */
export function largefilesTree(tree: StoreTree, contents: LargeContents): LargefilesTree {
  return {
    get warning() {
      return tree.warning;
    },
    release: () => tree.release(),
    find: at => tree.find(at) ?? largeFile(tree.find(standinOf(at)), contents),
  };
}

function largeFile(standin: StoreFile | undefined, contents: LargeContents): LargeBaseFile | undefined {
  if (standin === undefined) return undefined;
  return {
    kind: 'any',
    revision: standin.revision,
    matches: content => sha1Of(content) === hashIn(standin.content()),
    content: () => contents.of(standin.content()),
  };
}

/** The hash that a stand-in names; any text that is no hash matches no file. */
function hashIn(standin: Buffer): string {
  return standin.toString('latin1').trim();
}

function sha1Of(content: ContentSource): string {
  const hash = createHash('sha1');
  for (const chunk of content.chunks()) hash.update(chunk);
  return hash.digest('hex');
}

/** Hides the stand-ins. Keeps one object for each scope, so that equal rules stay equal. */
export class StandinsHidden {
  #inner: PathScope | undefined;
  #scope: PathScope | undefined;

  of(inner: PathScope | undefined): PathScope {
    if (this.#scope !== undefined && this.#inner === inner) return this.#scope;
    this.#inner = inner;
    this.#scope = {
      matches: (at, isNamed) => !at.startsWith(`${STANDINS}/`) && (inner?.matches(at, isNamed) ?? true),
    };
    return this.#scope;
  }
}
