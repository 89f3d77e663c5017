// Which file systems report every change to a watcher of this machine.
import * as fs from 'node:fs';
import { systemErrorCode } from '../base/errors.ts';

/**
 * Types of file systems (statfs) that change without an event here: another machine, a host or a program writes. They
 * are NFS, SMB, SMB2, CIFS, FUSE and virtiofs, 9p, vboxsf, AFS, Ceph, Coda. FAT,
 * exFAT and NTFS are here, too: without mode bits, Mercurial compares other things. The numbers are from linux/magic.h.
 */
const REMOTE_TYPES: ReadonlySet<number> = new Set([
  0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x65735546, 0x01021997, 0x786f4256, 0x5346414f, 0x00c36400, 0x73757245,
  0x4d44, 0x2011bab0, 0x5346544e, 0x7366746e,
]);

/** True if changes below a directory (absolute path) may come without an event. */
export function isRemote(directory: string): boolean {
  try {
    return REMOTE_TYPES.has(fs.statfsSync(directory).type >>> 0);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return true;
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
