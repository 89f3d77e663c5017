// The system calls of a process in a log of strace, reduced to those that could change something.
import * as fs from 'node:fs';

/** Calls that look and never touch. Whatever is not listed here counts as touching. */
const LOOKING = new Set([
  'access', 'chdir', 'close', 'dup', 'dup2', 'dup3', 'epoll_ctl', 'epoll_pwait', 'epoll_wait', 'faccessat', 'faccessat2',
  'fadvise64', 'fcntl', 'fgetxattr', 'fstat', 'fstatfs', 'getcwd', 'getdents64', 'getxattr', 'inotify_add_watch',
  'inotify_rm_watch', 'ioctl', 'lgetxattr', 'lseek', 'lstat', 'mmap', 'newfstatat', 'poll', 'pread64', 'preadv', 'read',
  'readlink', 'readlinkat', 'readv', 'stat', 'statfs', 'statx',
]); // prettier-ignore

const WRITING_FLAGS = /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE/;
const WRITES = /^p?writev?\d*$/;
const LOCKS = /F_(?:OFD_)?SETLKW?|F_SETLEASE/;

/** Arguments for strace that make a log which {@link touchingCalls} can read; `more` are further classes of calls. */
export function straceArguments(log: string, ...more: readonly string[]): string[] {
  const calls = ['%file', '%desc', '%process', ...more];
  return ['-f', '-y', '-s', '4096', '-e', `trace=${calls.join(',')}`, '-o', log];
}

/** Returns the lines of a strace log that wrote, locked or renamed something at or below `root`, or could have. */
export function touchingCalls(log: string, root: string): string[] {
  return linesOf(log).filter(line => {
    if (!line.includes(root)) return false;
    const call = nameOf(line);
    if (call === undefined || call === 'execve') return false;
    if (call === 'open' || call === 'openat' || call === 'openat2') return WRITING_FLAGS.test(line);
    if (call === 'fcntl') return LOCKS.test(line);
    // Text written elsewhere may name the repository.
    if (WRITES.test(call)) return /\(\d+<([^>]*)>/.exec(line)?.[1]?.includes(root) !== false;
    return !LOOKING.has(call);
  });
}

/** The programs that were started, the first one (the traced program itself) left out. */
export function startedPrograms(log: string): string[] {
  return linesOf(log)
    .filter(line => nameOf(line) === 'execve' && !line.includes('ENOENT'))
    .slice(1);
}

function linesOf(log: string): string[] {
  return fs.readFileSync(log, 'latin1').split('\n');
}

/**
 * Returns the call of a line such as `1234 openat(AT_FDCWD, …`; undefined for the rest of an interrupted one, or a
 * signal.
 */
function nameOf(line: string): string | undefined {
  return /^\d+\s+(\w+)\(/.exec(line)?.[1];
}
