import { joinPath, type BytePath } from '../../base/bytePath.ts';
import { isEnteredIfIgnored } from '../../status/ignoreVerdicts.ts';
import type { StatusInput } from '../../status/types.ts';
import { IGNORED_DIRECTORY, plainEntry, type Directory, type Entry, type StatusTree } from '../statusTree.ts';

/**
 * Applies new ignore rules to the status tree without reading the disk: only unknown and ignored paths can change.
 * Returns the directories that were ignored as a whole and no longer are, and those that may be; they must be read.
 */
export function pathsAffectedByIgnoreChange(
  tree: StatusTree,
  input: StatusInput,
  nestedRepositories: Set<BytePath>,
): BytePath[] {
  const { ignore, statCache } = input;
  const toRead: BytePath[] = [];
  const start = tree.directory('' as BytePath);
  if (start === undefined) return toRead;
  const pending: { path: BytePath; directory: Directory; ignored: boolean }[] = [
    { path: '' as BytePath, directory: start, ignored: false },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, directory } = next;
    const matches = (child: BytePath, isDirectory: boolean): boolean =>
      next.ignored || ignore.matches(child, isDirectory);
    for (const [name, entry] of [...(directory.entries ?? [])]) {
      const child = joinPath(path, name);
      // An ignored directory may stand at the place of the file.
      if ((entry.status === 'deleted' || entry.status === 'removed') && !matches(child, true)) toRead.push(child);
      if (entry.status !== 'unknown' && entry.status !== 'ignored') continue;
      const ignored = matches(child, entry.directory === true);
      if (entry.directory) {
        if (!ignored) toRead.push(child);
      } else if (ignored !== (entry.status === 'ignored')) {
        tree.setEntry(child, plainEntry(ignored ? 'ignored' : 'unknown'));
      }
    }
    for (const [name, below] of [...(directory.subdirectories ?? [])]) {
      const child = joinPath(path, name);
      const ignored = input.rules.versionsDirectories !== true && matches(child, true);
      const isOnDisk = below.listed || nestedRepositories.has(child);
      if (ignored && isOnDisk && !isEnteredIfIgnored(statCache.find(child), input)) {
        nestedRepositories.delete(child);
        // A tracked file that the directory has replaced stays missing.
        const entry = directory.entries?.get(name) ?? IGNORED_DIRECTORY;
        tree.replacePath(child, new Map<BytePath, Entry>([[child, entry]]), false);
      } else {
        pending.push({ path: child, directory: below, ignored });
      }
    }
  }
  return toRead;
}
