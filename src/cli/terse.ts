// `status --terse`: one line for a directory whose files all have one status.
import type { BytePath } from '../base/bytePath.ts';
import { STATUS_LETTERS } from '../server/statusLetters.ts';
import type { StatusEntry } from '../status/status.ts';
import type { Status } from '../status/types.ts';
import { usageError } from './io.ts';

const LETTERS: Readonly<Record<string, Status>> = {
  m: 'modified',
  a: 'added',
  r: 'removed',
  d: 'deleted',
  u: 'unknown',
  i: 'ignored',
  c: 'clean',
};
const PLACES = Object.keys(STATUS_LETTERS) as readonly Status[];

function terseStatuses(letters: string): ReadonlySet<Status> {
  const statuses = new Set<Status>();
  for (const letter of letters) {
    const status = LETTERS[letter];
    if (status === undefined) throw usageError(`'${letter}' not recognized`);
    statuses.add(status);
  }
  return statuses;
}

/**
 * Returns the entries with one entry in place of all files of a directory, if they have one status that
 * `letters` name. The path of such an entry ends with a slash. Throws a 'usage' error for other letters.
 * @param entries all files that are considered, clean and ignored ones included
 */
export function abbreviated(entries: readonly StatusEntry[], letters: string): StatusEntry[] {
  const statuses = terseStatuses(letters);
  const found = new Map<string, number>();
  for (const { path, status } of entries) {
    const bit = 1 << PLACES.indexOf(status);
    for (const directory of directoriesOf(path)) found.set(directory, (found.get(directory) ?? 0) | bit);
  }
  const shown = new Map<string, StatusEntry>();
  for (const entry of entries) {
    const bit = 1 << PLACES.indexOf(entry.status);
    const directory = statuses.has(entry.status)
      ? directoriesOf(entry.path).find(each => found.get(each) === bit)
      : undefined;
    if (directory === undefined) shown.set(entry.path, entry);
    else shown.set(directory, { path: directory as BytePath, status: entry.status });
  }
  return [...shown.values()];
}

/** Returns the directories of a path below the root, each with a slash at its end, the uppermost first. */
function directoriesOf(path: BytePath): string[] {
  const directories: string[] = [];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    directories.push(path.slice(0, slash + 1));
  }
  return directories;
}
