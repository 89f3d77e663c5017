// Decides from a stat alone whether a tracked file is clean, modified, or needs a comparison of contents.
//
// The recorded size and times have 31 bits, so both sides are compared modulo 2^31. A file that grew by exactly 2 GiB
// seems unchanged to Mercurial, so it must to us.
//
// A file that is written twice within its file system's clock resolution has the same mtime after both. So a program
// that records a clean file whose mtime is not yet in the past has two choices. It records no mtime at all, or marks
// the second as ambiguous. Such a record proves nothing, and the content decides.
//
// Nanoseconds of 0 mean "unknown": version 1 has none, and neither do some file systems. They are compared only if both
// sides have them. Equal nanoseconds would settle an ambiguous second. But Mercurial with its C modules ignores them
// and compares the content. So do we: the answers differ for a file whose parent was exchanged underneath.
//
// Mercurial with its C modules reads no nanoseconds of working files and calls a file clean when the seconds agree. Its
// pure Python and Rust forms compare them, and so do we. This costs a content comparison now and then, and never calls
// a changed file clean that the C form would not.
import type { FileStat } from '../../base/fileStat.ts';
import {
  EXPECTED_STATE_IS_MODIFIED,
  HAS_FALLBACK_EXEC,
  HAS_FALLBACK_SYMLINK,
  HAS_MODE_AND_SIZE,
  HAS_MTIME,
  MODE_EXEC_PERM,
  MTIME_SECOND_AMBIGUOUS,
} from './nodeTable.ts';

/** The properties that the working copy's file system can record. */
export interface FileSystemTraits {
  readonly executableBit: boolean;
  readonly symlinks: boolean;
}

/** The verdict of a stat on a tracked file. 'unsure' means that its content decides. */
export type StatVerdict = 'clean' | 'modified' | 'unsure';

/** An entry that is tracked in the working copy and in the first parent, with nothing of the second in it. */
export interface RecordedStat {
  readonly flags: number;
  readonly size: number;
  readonly mtimeSeconds: number;
  readonly mtimeNanoseconds: number;
  /** True if the entry records where the file was copied from. */
  readonly isCopy: boolean;
}

const LOW_31_BITS = 0x7fffffff;

/**
 * Mercurial's quick check of a regular file or symbolic link, in its order:
 * 1. what the file system cannot express is recorded as a fallback: only the content comparison takes that in;
 * 2. a copy, a different size or a different owner's execute bit is a modification, whatever the content. For a
 *    symbolic link of another size than recorded the content decides (encrypted file systems lie about link sizes);
 * 3. an equal mtime is clean;
 * 4. everything else is unsure.
 */
export function compareStat(recorded: RecordedStat, stat: FileStat, traits: FileSystemTraits): StatVerdict {
  const { flags } = recorded;
  if (!traits.symlinks && (flags & HAS_FALLBACK_SYMLINK) !== 0) return 'unsure';
  if (!traits.executableBit && (flags & HAS_FALLBACK_EXEC) !== 0) return 'unsure';

  // A file whose recorded state is known to differ from the parent has a stat that proves nothing of the parent.
  const usable = (flags & EXPECTED_STATE_IS_MODIFIED) === 0;
  const sizeKnown = usable && (flags & HAS_MODE_AND_SIZE) !== 0;
  const sizeDiffers = sizeKnown && stat.size !== recorded.size && (stat.size & LOW_31_BITS) !== recorded.size;
  const executableDiffers = sizeKnown && traits.executableBit && stat.executable !== ((flags & MODE_EXEC_PERM) !== 0);
  if (recorded.isCopy || sizeDiffers || executableDiffers) {
    const sizeProves = sizeKnown && stat.size === recorded.size;
    return stat.kind === 'symlink' && !sizeProves ? 'unsure' : 'modified';
  }

  // Mercurial trusts the time of an entry that is flagged as a directory's, too.
  if (usable && (flags & HAS_MTIME) !== 0 && sameTime(recorded, stat)) return 'clean';
  return 'unsure';
}

function sameTime(recorded: RecordedStat, stat: FileStat): boolean {
  if ((recorded.flags & MTIME_SECOND_AMBIGUOUS) !== 0) return false;
  if ((recorded.mtimeSeconds & LOW_31_BITS) !== (stat.mtimeSeconds & LOW_31_BITS)) return false;
  if (recorded.mtimeNanoseconds === 0 || stat.mtimeNanoseconds === 0) return true;
  return recorded.mtimeNanoseconds === stat.mtimeNanoseconds;
}
