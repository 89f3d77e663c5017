// Finds out if standard output is closed. Node opens the null device in its place before any of our code runs, and
// leaves only traces.
import * as fs from 'node:fs';

const NULL_DEVICE = '/dev/null';
/** The access mode in the flags of an open file, and its value for reading and writing (octal 2 on Linux). */
const ACCESS_MODE = 3;
const READ_AND_WRITE = 2;
const SHELLS = new Set(['sh', 'bash', 'dash', 'zsh', 'fish', 'ksh', 'mksh', 'ash', 'busybox', 'tcsh', 'csh', 'yash']);

/**
 * Returns true if a shell started this process with a closed standard output (`>&-`). Linux only, elsewhere false.
 *
 * Node replaces a closed descriptor by the null device, open for reading and writing. Shells open it for writing only
 * (`>/dev/null`). Programs that start others may open it for both, which means "discard". So the parent process must
 * be a shell, and its own output something else: then that is no inherited discarding either.
 */
export function isStandardOutputClosed(): boolean {
  if (process.platform !== 'linux' || !isNullForBoth('self')) return false;
  try {
    if (!SHELLS.has(fs.readFileSync(`/proc/${process.ppid}/comm`, 'latin1').trim())) return false;
    // May its descriptors be read? Without that, a missing one means nothing.
    fs.readdirSync(`/proc/${process.ppid}/fd`);
  } catch {
    return false; // The parent has ended, or belongs to another user.
  }
  return !isNullForBoth(String(process.ppid));
}

/** Returns true if the standard output of a process is the null device, open for reading and writing. */
function isNullForBoth(processId: string): boolean {
  try {
    if (fs.readlinkSync(`/proc/${processId}/fd/1`) !== NULL_DEVICE) return false;
    const flags = /^flags:\s*([0-7]+)$/m.exec(fs.readFileSync(`/proc/${processId}/fdinfo/1`, 'latin1'));
    return (Number.parseInt(flags?.[1] ?? '0', 8) & ACCESS_MODE) === READ_AND_WRITE;
  } catch {
    return false; // There is no such descriptor, or no /proc.
  }
}
