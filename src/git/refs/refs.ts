// Names of commits: HEAD, loose references, packed-refs.
import { QuicksilverError } from '../../base/errors.ts';
import { withoutTrailing } from '../../base/lines.ts';
import type { FsPath, Vfs } from '../../files/vfs.ts';
import { joinFs } from '../repository/discovery.ts';
import { isObjectId, type ObjectFormat } from '../objects/objectFormat.ts';

const MAX_REF_BYTES = 64 * 1024;
const MAX_PACKED_BYTES = 1024 * 1024 * 1024;
/** Git follows symbolic references this far. */
const MAX_STEPS = 5;
/** References that each linked worktree has for itself. */
const PER_WORKTREE = /^refs\/(?:bisect|worktree|rewritten)\//;

export interface RefPlaces {
  readonly gitDirectory: FsPath;
  readonly commonDirectory: FsPath;
  readonly format: ObjectFormat;
}

export interface GitHead {
  /** The whole name of the branch, as a byte string; undefined if detached. */
  readonly branch: string | undefined;
  /** The commit, in hexadecimal; undefined if the branch has none yet. */
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

  /** Reads HEAD. Throws 'corrupt' if it names nothing, 'unsupported' for the format reftable. */
  head(): GitHead {
    const raw = this.#loose('HEAD');
    if (raw === undefined)
      throw new QuicksilverError('corrupt', 'HEAD is missing', { file: this.#file('HEAD').toString() });
    if (raw === 'ref: refs/heads/.invalid') throw new QuicksilverError('unsupported', 'reftable is not supported');
    const target = symbolicTarget(raw);
    if (target === undefined) {
      if (!isObjectId(this.#places.format, raw)) {
        throw new QuicksilverError('corrupt', 'HEAD names no commit', { file: this.#file('HEAD').toString() });
      }
      return { branch: undefined, id: raw };
    }
    return { branch: target, id: this.resolve(target) };
  }

  /** Returns the short name of the branch that HEAD is on, as a byte string; undefined if detached or unreadable. */
  branchName(): string | undefined {
    const target = symbolicTarget(this.#loose('HEAD') ?? '');
    return target?.startsWith('refs/heads/') === true ? target.slice('refs/heads/'.length) : undefined;
  }

  /**
   * Returns the object that a reference names, following symbolic ones; undefined if there is no such reference.
   * @param name the whole name, as a byte string
   */
  resolve(name: string): string | undefined {
    let at = name;
    for (let step = 0; step <= MAX_STEPS; step++) {
      const raw = isSafe(at) ? (this.#loose(at) ?? this.#packed(at)) : undefined;
      if (raw === undefined) return undefined;
      const target = symbolicTarget(raw);
      if (target === undefined) return isObjectId(this.#places.format, raw) ? raw : undefined;
      at = target;
    }
    return undefined;
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

  #file(name: string): FsPath {
    const { gitDirectory, commonDirectory } = this.#places;
    const isOwn = !name.startsWith('refs/') || PER_WORKTREE.test(name);
    return joinFs(isOwn ? gitDirectory : commonDirectory, Buffer.from(name, 'latin1').toString('utf8'));
  }

  #loose(name: string): string | undefined {
    const file = this.#file(name);
    const link = this.#vfs.readLink(file);
    if (link?.startsWith('refs/') === true) return `ref: ${Buffer.from(link, 'utf8').toString('latin1')}`;
    if (this.#vfs.isDirectory(file)) return undefined;
    const found = this.#vfs.read(file, MAX_REF_BYTES);
    return found === undefined ? undefined : withoutTrailing(found.bytes.toString('latin1'), ' \t\r\n');
  }

  #packed(name: string): string | undefined {
    const found = this.#vfs.read(joinFs(this.#places.commonDirectory, 'packed-refs'), MAX_PACKED_BYTES);
    if (found === undefined) return undefined;
    const digits = this.#places.format.length * 2;
    for (let from = 0; ;) {
      const at = found.bytes.indexOf(` ${name}\n`, from, 'latin1');
      if (at < 0) return undefined;
      const start = at - digits;
      if (start === 0 || found.bytes[start - 1] === 0x0a) return found.bytes.toString('latin1', start, at);
      from = at + 1;
    }
  }
}

function symbolicTarget(raw: string): string | undefined {
  return /^ref:\s*(\S.*)$/s.exec(raw)?.[1];
}

/** True if the name leads to no place outside of the references. */
function isSafe(name: string): boolean {
  return (name === 'HEAD' || name.startsWith('refs/')) && !/(?:^|\/)\.|\0|\\|\/\/|\/$/.test(name);
}
