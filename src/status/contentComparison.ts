// Settles the files whose stat was not conclusive: kind first, then content, each content read once.
import { toDisplay, type BytePath } from '../base/bytePath.ts';
import { QuicksilverError } from '../base/errors.ts';
import type { FileStat } from '../base/fileStat.ts';
import type { BaseFile, StatusInput } from './types.ts';
import { rethrowIfExhausted, type WorkingTree } from './workingTree.ts';

/**
 * A verdict is remembered only if the inode last changed this long before its stat. Within the resolution of a file
 * system's clock, a second change would leave equal times. Two seconds is the coarsest in use.
 */
export const RACY_NS = 2_000_000_000n;

interface Verdict {
  readonly stat: FileStat;
  readonly revision: string;
  readonly clean: boolean;
}

/** Remembers what reading a file found, by path, stat and base revision, for as long as its owner lives. */
export class VerdictCache {
  readonly #verdicts = new Map<BytePath, Verdict>();

  get(path: BytePath, stat: FileStat, revision: string): boolean | undefined {
    const verdict = this.#verdicts.get(path);
    return verdict?.revision === revision && sameStat(verdict.stat, stat) ? verdict.clean : undefined;
  }

  /** @param nowNs time of the comparison, in nanoseconds since 1970 */
  set(path: BytePath, stat: FileStat, revision: string, clean: boolean, nowNs: bigint): void {
    if (stat.ctimeNs + RACY_NS < nowNs) this.#verdicts.set(path, { stat, revision, clean });
    else this.#verdicts.delete(path);
  }

  delete(path: BytePath): void {
    this.#verdicts.delete(path);
  }

  get size(): number {
    return this.#verdicts.size;
  }
}

/** The content could not be compared: why. */
export interface Undecided {
  readonly why: QuicksilverError;
}

/** The result of a comparison. */
export type Comparison = 'clean' | 'modified' | 'deleted' | Undecided;

/**
 * Compares a tracked file of unsure stat with the base revision, as Mercurial does. A file that the base does not have,
 * or has with another kind or content, is 'modified'. A file that can no longer be read is 'deleted'. A base revision
 * that cannot be read leaves this file undecided, and no other. Throws a QuicksilverError only if the machine is
 * exhausted.
 */
export function compareContent(
  input: StatusInput,
  tree: WorkingTree,
  verdicts: VerdictCache,
  path: BytePath,
  stat: FileStat,
): Comparison {
  tree.outcome.unsure++;
  return decided(path, () => compare(input, tree, verdicts, path, stat));
}

/** By so much Mercurial takes a content to be shorter, whose text might have a mark of metadata. */
const MARK_BYTES = 4;

/**
 * Compares a directory, fifo or device in place of a tracked file of unsure stat, as Mercurial does. It is 'modified'
 * if the base has another kind or another size. It is 'deleted' if its content would decide, which cannot be read.
 */
export function compareWithoutContent(
  input: StatusInput,
  tree: WorkingTree,
  path: BytePath,
  stat: FileStat,
): Comparison {
  tree.outcome.unsure++;
  return decided(path, () => {
    const base = input.base.find(path);
    if (base === undefined) return 'modified';
    if (base.kind !== 'any' && base.kind !== workingKind(input, base, stat)) return 'modified';
    // A filter reads every content.
    const content = base.comparedAs === undefined ? base.content?.() : undefined;
    const excess = content === undefined ? 0 : content.length - stat.size;
    return excess === 0 || excess === MARK_BYTES ? 'deleted' : 'modified';
  });
}

function decided(path: BytePath, compares: () => Comparison): Comparison {
  try {
    return compares();
  } catch (error) {
    if (!(error instanceof QuicksilverError)) throw error;
    if (error.cause !== undefined) rethrowIfExhausted(path, error.cause);
    return { why: error };
  }
}

function compare(
  input: StatusInput,
  tree: WorkingTree,
  verdicts: VerdictCache,
  path: BytePath,
  stat: FileStat,
): 'clean' | 'modified' | 'deleted' {
  const base = input.base.find(path);
  if (base === undefined) return 'modified';
  if (base.kind !== 'any' && base.kind !== workingKind(input, base, stat)) return 'modified';
  if (base.kind === 'any' && stat.kind === 'symlink') {
    // Mercurial compares what the link leads to, wherever that is. Quicksilver reads no file outside of the repository.
    const message = `'${toDisplay(path)}' is a symbolic link in the place of a large file, which is not supported`;
    throw new QuicksilverError('unsupported', message);
  }
  const key = base.comparedAs ?? base.revision;
  const remembered = verdicts.get(path, stat, key);
  if (remembered !== undefined) {
    tree.outcome.unsureRemembered++;
    return remembered ? 'clean' : 'modified';
  }
  // Before the reading, which may take long: what happened during it must count as recent.
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  let clean: boolean;
  try {
    clean = base.matches(tree.content(path, stat));
  } catch (error) {
    if (error instanceof QuicksilverError) throw error;
    rethrowIfExhausted(path, error);
    verdicts.delete(path);
    return 'deleted';
  }
  verdicts.set(path, stat, key, clean, nowNs);
  return clean ? 'clean' : 'modified';
}

/** The kind of the working file; what its file system cannot record is taken to be as in the base. */
function workingKind(input: StatusInput, base: BaseFile, stat: FileStat): BaseFile['kind'] {
  const { traits } = input.rules;
  if (stat.kind === 'symlink') return 'symlink';
  if (!traits.symlinks && base.kind === 'symlink') return 'symlink';
  if (!traits.executableBit) return base.kind === 'executable' ? 'executable' : 'file';
  return stat.executable ? 'executable' : 'file';
}

/** True if nothing that a status knows of a file has changed between two stats. */
export function sameStat(a: FileStat, b: FileStat): boolean {
  return (
    a.ctimeNs === b.ctimeNs &&
    a.inode === b.inode &&
    a.size === b.size &&
    a.mtimeSeconds === b.mtimeSeconds &&
    a.mtimeNanoseconds === b.mtimeNanoseconds &&
    a.kind === b.kind &&
    a.executable === b.executable &&
    a.device === b.device
  );
}
