// Names of commits: HEAD, loose references, packed-refs.
import { bytePath, isUtf8, toDisplay } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { withoutTrailing } from '../../base/lines.ts';
import type { FsPath, Vfs } from '../../files/vfs.ts';
import { joinFs } from '../repository/discovery.ts';
import { leadingObjectId, type ObjectFormat } from '../objects/objectFormat.ts';

const MAX_REF_BYTES = 64 * 1024;
const MAX_PACKED_BYTES = 1024 * 1024 * 1024;
/** Git reads this many files for one name: a symbolic reference may lead to another one. */
const MAX_STEPS = 5;
/** References that each linked worktree has for itself. */
const PER_WORKTREE = /^refs\/(?:bisect|worktree|rewritten)\//;

export interface RefPlaces {
  readonly gitDirectory: FsPath;
  readonly commonDirectory: FsPath;
  readonly format: ObjectFormat;
}

export interface GitHead {
  /**
   * The whole name of the branch, as a byte string; undefined if detached. If the branch is a symbolic reference, it is
   * the name of the last one.
   */
  readonly branch: string | undefined;
  /** The commit, in hexadecimal; undefined if the branch has none yet. */
  readonly id: string | undefined;
}

/** A reference that exists, or may be created. */
export interface GitReference {
  /** The whole name, as a byte string, at the end of all symbolic references. */
  readonly name: string;
  /** The object, in hexadecimal; undefined if no reference has this name. */
  readonly id: string | undefined;
}

/** Reads references, and keeps nothing of them. */
export class Refs {
  readonly #vfs: Vfs;
  readonly #places: RefPlaces;

  constructor(vfs: Vfs, places: RefPlaces) {
    this.#vfs = vfs;
    this.#places = places;
  }

  /** Reads HEAD. Throws 'corrupt' if it or its branch names nothing, 'unsupported' for the format reftable. */
  head(): GitHead {
    const raw = this.#loose('HEAD');
    if (raw === undefined)
      throw new QuicksilverError('corrupt', 'HEAD is missing', { file: this.#file('HEAD').toString() });
    if (raw === 'ref: refs/heads/.invalid') throw new QuicksilverError('unsupported', 'reftable is not supported');
    const { name, id } = this.#follow('HEAD', this.#packedOnce());
    return { branch: name === 'HEAD' ? undefined : name, id };
  }

  /** Returns the short name of the branch that HEAD is on, as a byte string; undefined if detached or unreadable. */
  branchName(): string | undefined {
    const target = symbolicTarget(this.#loose('HEAD') ?? '');
    return target?.startsWith('refs/heads/') === true ? target.slice('refs/heads/'.length) : undefined;
  }

  /**
   * Returns the object that a reference names, following symbolic ones. Returns undefined if there is no such
   * reference, or if it is damaged: Git takes the one for the other.
   * @param name the whole name, as a byte string
   */
  resolve(name: string): GitReference | undefined {
    return isReferenceName(name) ? this.#resolve(name, this.#packedOnce()) : undefined;
  }

  #resolve(name: string, packed: PackedRefs): GitReference | undefined {
    try {
      const found = this.#follow(name, packed);
      return found.id === undefined || found.id === this.#places.format.nullId ? undefined : found;
    } catch (error) {
      if (error instanceof QuicksilverError && error.code === 'corrupt') return undefined;
      throw error;
    }
  }

  /** Returns the names that references have. */
  existing(names: readonly string[]): string[] {
    const packed = this.#packedOnce();
    return names.filter(name => this.#mayBeReference(name) && this.#resolve(name, packed) !== undefined);
  }

  /** Returns how many stashes there are. */
  stashCount(): number {
    const log = this.#vfs.read(joinFs(this.#places.commonDirectory, 'logs/refs/stash'), MAX_PACKED_BYTES);
    let count = 0;
    if (log !== undefined) for (let at = -1; (at = log.bytes.indexOf(0x0a, at + 1)) >= 0;) count++;
    return count;
  }

  /** Absolute paths of the files in which a reference may be. */
  filesOf(name: string): string[] {
    return [this.#file(name).toString(), joinFs(this.#places.commonDirectory, 'packed-refs').toString()];
  }

  /** Follows symbolic references. Throws 'corrupt' for a reference that exists and names nothing. */
  #follow(start: string, packed: PackedRefs): GitReference {
    const corrupt = (name: string, why: string): QuicksilverError =>
      new QuicksilverError('corrupt', `${toDisplay(name)} ${why}`, { file: this.#file(name).toString() });
    let name = start;
    for (let step = 0; step < MAX_STEPS; step++) {
      const raw = this.#loose(name) ?? packedId(packed(), name, this.#places.format);
      if (raw === undefined) return { name, id: undefined };
      const target = symbolicTarget(raw);
      if (target === undefined) {
        const id = leadingObjectId(this.#places.format, raw);
        if (id === undefined) throw corrupt(name, 'names no commit');
        return { name, id };
      }
      if (!isReferenceName(target)) throw corrupt(name, 'leads to a name that is no reference');
      name = target;
    }
    throw corrupt(start, 'leads through too many symbolic references');
  }

  #file(name: string): FsPath {
    const { gitDirectory, commonDirectory } = this.#places;
    const isOwn = !name.startsWith('refs/') || PER_WORKTREE.test(name);
    const directory = isOwn ? gitDirectory : commonDirectory;
    const bytes = Buffer.from(name, 'latin1');
    if (isUtf8(bytePath(name))) return joinFs(directory, bytes.toString('utf8'));
    return Buffer.concat([Buffer.from(directory), Buffer.from('/'), bytes]);
  }

  #loose(name: string): string | undefined {
    const file = this.#file(name);
    const link = this.#vfs.readLink(file, 'latin1');
    if (link?.startsWith('refs/') === true) return `ref: ${link}`;
    if (this.#vfs.isDirectory(file)) return undefined;
    const found = this.#vfs.read(file, MAX_REF_BYTES);
    return found === undefined ? undefined : withoutTrailing(found.bytes.toString('latin1'), ' \t\r\n');
  }

  /** Other files of the Git directory, of any size, may have the name of a branch. */
  #mayBeReference(name: string): boolean {
    if (name.startsWith('refs/')) return isReferenceName(name);
    if (NO_REFERENCE.test(name)) return false;
    const file = this.#file(name);
    return this.#vfs.isFile(file) && this.#vfs.targetIdentity(file)!.size <= MAX_REF_BYTES;
  }

  #packedOnce(): PackedRefs {
    let bytes: Buffer | undefined;
    const file = joinFs(this.#places.commonDirectory, 'packed-refs');
    return () => (bytes ??= this.#vfs.read(file, MAX_PACKED_BYTES)?.bytes ?? Buffer.alloc(0));
  }
}

/** Reads packed-refs when it is first asked. */
type PackedRefs = () => Buffer;

function packedId(packed: Buffer, name: string, { length }: ObjectFormat): string | undefined {
  for (let from = 0; ;) {
    const at = packed.indexOf(` ${name}\n`, from, 'latin1');
    if (at < 0) return undefined;
    const start = at - 2 * length;
    if (start === 0 || packed[start - 1] === 0x0a) return packed.toString('latin1', start, at);
    from = at + 1;
  }
}

function symbolicTarget(raw: string): string | undefined {
  return /^ref:\s*(\S.*)$/s.exec(raw)?.[1];
}

/** No control character, blank or sign with another meaning; no empty component; none like a lock. */
const NO_REFERENCE = /[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|(?:^|\/)(?:\.|\/|$)|\.lock(?:\/|$)|\.$/;

/** True if Git takes the name for that of a reference (git-check-ref-format). It leads to no other place. */
function isReferenceName(name: string): boolean {
  return name.startsWith('refs/') && !NO_REFERENCE.test(name);
}
