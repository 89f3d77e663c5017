// Reads whether a command holds the lock of the working copy, and so may be in the middle of changing it. We take no
// lock.
import * as os from 'node:os';
import * as path from 'node:path';
import { errorMessage, QuicksilverError, systemErrorCode } from '../../base/errors.ts';
import type { Vfs } from '../../files/vfs.ts';

export interface WorkingCopyLock {
  /** False if there is no lock, or if the process that took it is dead. */
  readonly held: boolean;
  /** Who has or had it, for a log; undefined if there is no lock. */
  readonly description: string | undefined;
}

/** Our own host and name space, to decide if a lock's process can be checked. */
export interface LockContext {
  /** As Mercurial writes it: the host's name, on Linux with '/' and the id of the process name space. */
  readonly host: string;
  readonly isAlive: (processId: number) => boolean;
}

/** The lock's file in `.hg`. */
export const LOCK_FILE = 'wlock';
/** The file of the history's lock, in the store. */
const STORE_LOCK_FILE = 'lock';

const MAX_LOCK_BYTES = 4096;
/** No system has processes with larger numbers. */
const MAX_PROCESS_ID = 0x7fff_ffff;

/**
 * Reads the lock once. It is a symbolic link to `host:pid`, or, without symbolic links, a file with that text. A lock
 * is free if its process is gone on this very host and in this name space. Any other lock, and anything else in its
 * place, counts as held. Never throws.
 */
export function workingCopyLock(vfs: Vfs, hgDirectory: string, context?: LockContext): WorkingCopyLock {
  return readLock(vfs, path.join(hgDirectory, LOCK_FILE), context);
}

/** Reads the lock of the history, which a command takes before it writes there. As {@link workingCopyLock}. */
export function storeLock(vfs: Vfs, storeDirectory: string, context?: LockContext): WorkingCopyLock {
  return readLock(vfs, path.join(storeDirectory, STORE_LOCK_FILE), context);
}

function readLock(vfs: Vfs, file: string, context: LockContext | undefined): WorkingCopyLock {
  let holder: string | undefined;
  try {
    // Asked often, and answered with nothing almost always: a stat costs a fraction of what two failures cost.
    if (vfs.lstat(file) === undefined) return { held: false, description: undefined };
    holder = vfs.readLink(file) ?? vfs.read(file, MAX_LOCK_BYTES)?.bytes.toString('utf8');
  } catch (error) {
    if (!(error instanceof QuicksilverError)) throw error;
    return { held: true, description: `held by nobody knows whom: ${error.message}` };
  }
  if (holder === undefined) return { held: false, description: undefined };
  const match = /^(.+):(\d{1,10})\s*$/s.exec(holder);
  if (match === null) return { held: true, description: `held by ${JSON.stringify(holder)}` };
  const [, host, digits] = match;
  const { host: ownHost, isAlive } = context ?? ownContext(vfs);
  const processId = Number(digits);
  if (host === ownHost && (processId > MAX_PROCESS_ID || !isAlive(processId))) {
    return { held: false, description: `left behind by process ${processId}, which is gone` };
  }
  return { held: true, description: `held by process ${processId} on ${host}` };
}

function ownContext(vfs: Vfs): LockContext {
  return { host: ownHost(vfs), isAlive };
}

/** The name space's id is the inode that /proc shows; Mercurial adds it in hexadecimal. */
function ownHost(vfs: Vfs): string {
  const nameSpace = process.platform === 'linux' ? vfs.readLink('/proc/self/ns/pid') : undefined;
  const id = /^pid:\[(\d+)\]$/.exec(nameSpace ?? '')?.[1];
  return id === undefined ? os.hostname() : `${os.hostname()}/${Number(id).toString(16)}`;
}

/** Signal 0 is not sent; the call only checks if there is such a process. */
function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ESRCH') return false;
    if (systemErrorCode(error) === 'EPERM') return true;
    throw new Error(`cannot ask for process ${processId}: ${errorMessage(error)}`, { cause: error });
  }
}
