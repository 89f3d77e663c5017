// The files that a process and its children have read, from a log of strace.
import * as fs from 'node:fs';

/** Arguments for strace that make a log for {@link readPaths}, `touchingCalls` and `startedPrograms`. */
export function readTraceArguments(log: string): string[] {
  // Only calls of these kinds stop the process, so that it takes hardly longer than without.
  const calls = '%file,%process,read,pread64,readv,preadv';
  return ['-f', '--seccomp-bpf', '-y', '-s', '4096', '-e', `trace=${calls}`, '-o', log];
}

const READ = /^\d+\s+(?:read|pread64|readv|preadv)\(\d+<(\/[^>]*)>/;

/**
 * The files that bytes were read of, or that the end was found of; each once, sorted, its own
 * ones below `/proc/self`. Directories are not among them.
 */
export function readPaths(log: string): string[] {
  const paths = new Set<string>();
  for (const line of fs.readFileSync(log, 'latin1').split('\n')) {
    const path = READ.exec(line)?.[1];
    if (path !== undefined) paths.add(path.replace(/^\/proc\/\d+\//, '/proc/self/'));
  }
  return [...paths].sort();
}

/** The lines about calls that name something: an opened file, a stat, a link. */
export function callsThatName(log: string, text: string): string[] {
  const lines = fs.readFileSync(log, 'latin1').split('\n');
  return lines.filter(line => line.includes(text) && !/^\d+\s+(?:execve|read|pread64)\(/.test(line));
}
