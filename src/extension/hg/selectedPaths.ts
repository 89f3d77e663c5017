// Files and folders that a command is about, also clean ones, which have no rows.
import { isGroup, urisOfArguments, workingFileOf } from '../commands/commandArguments.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';
import type { FileEntry } from '../../server/protocol.ts';
import { filesOfArguments, type FilesByRepository } from './selectedChanges.ts';
import type { HgContext } from './commandContext.ts';

/** Paths of files and folders by repository. A root itself is none of them: it would stand for everything. */
export function targetsOf({ repositories }: HgContext, args: readonly unknown[]): FilesByRepository {
  if (args.some(isGroup)) return filesOfArguments(repositories, args);
  const found = new Map<OpenRepository, string[]>();
  for (const uri of urisOfArguments(args)) {
    const file = workingFileOf(repositories, uri);
    if (file === undefined || file.path === '') continue;
    if (file.path.includes('\ufffd')) {
      // The name may not be UTF-8, which its URI hides.
      for (const [repository, paths] of filesOfArguments(repositories, [uri])) {
        found.set(repository, [...new Set([...(found.get(repository) ?? []), ...paths])]);
      }
      continue;
    }
    const paths = found.get(file.repository) ?? [];
    if (!paths.includes(file.path)) paths.push(file.path);
    found.set(file.repository, paths);
  }
  return found;
}

/** Those of the named files that are not clean and of which this holds; what is below a folder is named with it. */
export function changedAmong(
  { repositories }: HgContext,
  args: readonly unknown[],
  isMeant: (entry: FileEntry | undefined, path: string, repository: OpenRepository) => boolean,
): FilesByRepository {
  const found = new Map<OpenRepository, readonly string[]>();
  for (const [repository, paths] of filesOfArguments(repositories, args)) {
    const meant = paths.filter(path => isMeant(repository.model.entries.get(path), path, repository));
    if (meant.length > 0) found.set(repository, meant);
  }
  return found;
}

/**
 * Returns a path from the root for commands that expect patterns (rename, copy). The prefix prevents a pattern or an
 * option.
 */
export function literalPath(path: string): string {
  return `./${path}`;
}
