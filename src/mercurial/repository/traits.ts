// The abilities of a working copy's file system. Mercurial probes them by writing a file; this reads what Mercurial
// left behind, and the type of the file system.
import * as path from 'node:path';
import type { FileSystemTraits } from '../dirstate/statRule.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { Vfs } from '../../files/vfs.ts';

/** The traits of one working copy. */
export interface WorkingCopyTraits extends FileSystemTraits {
  /** True if a listing may lack a name that a stat finds: the file system folds names, but shows no sign of it. */
  readonly hidesNames: boolean;
}

const EXECUTABLE = 0o111n;

/** File systems without execute bits or links, or with invented ones: the numbers that Linux has for them. */
const FOREIGN: ReadonlySet<number> = new Set([
  0x4d44, // FAT
  0x2011bab0, // exFAT
  0x5346544e, // NTFS
  0x7366746e, // NTFS, by ntfs3
  0xff534d42, // CIFS
  0xfe534d42, // SMB 2
  0x517b, // SMB
  0x01021997, // 9P, as in the drives of Windows in WSL
  0x786f4256, // VirtualBox
  0x65735546, // FUSE, whatever is behind it
]);

/**
 * Returns the traits of the working copy with this `.hg`. Mercurial keeps the result of a successful probe in
 * `.hg/wcache`. Where it left none, a file system of Linux or macOS has the traits of its platform, and a foreign one
 * has none of them. Verified with hg 6.3.2 on exFAT, with and without execute bits on every file.
 */
export function fileSystemTraits(vfs: Vfs, hgDirectory: string, platform: NodeJS.Platform): WorkingCopyTraits {
  if (platform === 'win32') return { executableBit: false, symlinks: false, hidesNames: false };
  const type = vfs.fileSystemType(hgDirectory);
  const isForeign = type !== undefined && FOREIGN.has(type);
  if (!isForeign) return { executableBit: true, symlinks: true, hidesNames: false };
  const lstat = (name: string): ReturnType<Vfs['lstat']> => lenient(() => vfs.lstat(path.join(hgDirectory, name)));
  const isExecutable = (name: string): boolean => ((lstat(name)?.mode ?? 0n) & EXECUTABLE) !== 0n;
  const wasProbed = lstat('wcache') !== undefined;
  return {
    executableBit: wasProbed
      ? isExecutable('wcache/checkisexec') && !isExecutable('wcache/checknoexec')
      : !isExecutable('requires'),
    symlinks: lstat('wcache/checklink')?.isSymbolicLink() ?? !wasProbed,
    hidesNames: true,
  };
}

function lenient<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof QuicksilverError)) throw error;
    return undefined;
  }
}
