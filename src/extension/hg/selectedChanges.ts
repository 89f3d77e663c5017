// The files that a command is about, by repository: rows, groups, folders of a tree, or what the active editor shows.
import type { Uri } from 'vscode';
import { isGroup, uriOfArgument, urisOfArguments } from '../commands/commandArguments.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';
import type { RepositoryLookup } from '../repositories/repositories.ts';
import { GROUP_IDS } from '../model/statusPresentation.ts';
import { fileUri, isReadableName, uriKey } from '../common/uris.ts';

export type FilesByRepository = ReadonlyMap<OpenRepository, readonly string[]>;

/**
 * Returns the changed files among the arguments. A row or URI stands for itself and, if it is a folder, for all files
 * below it. A group stands for all its files, also those that it does not show.
 */
export function filesOfArguments(repositories: RepositoryLookup, args: readonly unknown[]): FilesByRepository {
  const found = new Map<OpenRepository, Set<string>>();
  const add = (repository: OpenRepository, paths: Iterable<string>): void => {
    const all = found.get(repository) ?? new Set();
    for (const path of paths) all.add(path);
    found.set(repository, all);
  };
  const group = args.find(isGroup);
  if (group !== undefined) {
    const [row] = group.resourceStates;
    const repository = row && repositories.of(row.resourceUri);
    const id = GROUP_IDS.find(each => each === group.id);
    if (repository !== undefined && id !== undefined) add(repository, repository.view.rows.pathsIn(id));
  } else {
    for (const uri of urisOfArguments(args)) {
      const found = repositories.locate(uri);
      if (found !== undefined) add(found.value, filesAt(found.value, found.path, uri));
    }
  }
  return new Map([...found].map(([repository, paths]) => [repository, [...paths].sort()]));
}

/** True if an argument names a file. A source control or nothing does not; the active editor would count then. */
export function namesFiles(args: readonly unknown[]): boolean {
  return args.some(arg => isGroup(arg) || uriOfArgument(arg) !== undefined);
}

function filesAt({ model, rootUri }: OpenRepository, path: string, uri: Uri): string[] {
  const key = uriKey(uri);
  if (model.entries.has(path)) return [path];
  const below = path === '' ? '' : `${path}/`;
  const at: string[] = [];
  for (const [each, { status }] of model.entries) {
    if (status === 'ignored') continue;
    // A name that is not UTF-8 has a URI in which it cannot be read.
    if (each.startsWith(below) || (!isReadableName(each) && uriKey(fileUri(rootUri, each)) === key)) at.push(each);
  }
  return at;
}
