// Which file systems report every change to a watcher of this machine.
import * as fs from 'node:fs';
import { systemErrorCode } from '../base/errors.ts';

/**
 * Types of file systems (statfs) on which nothing but programs of this machine writes, through one kernel. The list
 * names the good ones: those of networks, of virtual machines' hosts and of FUSE are many, and each year brings more.
 * FAT, exFAT and NTFS are not here: without mode bits, Mercurial compares other things. Numbers are from linux/magic.h.
 */
const LOCAL_TYPES: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0xca451a4e, // bcachefs
  0xf2f52010, // F2FS
  0x2fc12fc1, // ZFS
  0x01021994, // tmpfs
  0x858458f6, // ramfs
  0x794c7630, // overlayfs
]);

/** True if every change on a file system of this type (as statfs has it) makes an event for a watcher. */
export function isLocalType(type: number): boolean {
  // The number has 32 bits, but a signed one where the system's word has no more.
  return LOCAL_TYPES.has(type >>> 0);
}

/** True if every change below a directory (absolute path) makes an event. */
export function reportsEveryChange(directory: string): boolean {
  try {
    return isLocalType(fs.statfsSync(directory).type);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return false;
  }
}

/**
 * True if another file system is mounted below a directory (absolute path without symbolic links). A mount makes no
 * event, and hides files. Undefined where the mounts are not known: everywhere but on Linux.
 */
export function hasMountBelow(directory: string): boolean | undefined {
  let table: string;
  try {
    table = fs.readFileSync('/proc/self/mountinfo', 'latin1');
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
  const below = `${Buffer.from(directory, 'utf8').toString('latin1').replace(/\/$/, '')}/`;
  // proc_pid_mountinfo(5): the fifth field is the mount point, with octal escapes.
  return table.split('\n').some(line => {
    const point = (line.split(' ', 5)[4] ?? '').replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(parseInt(octal, 8)),
    );
    return point.startsWith(below);
  });
}
