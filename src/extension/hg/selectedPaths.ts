// Files and folders that a command is about, also clean ones, which have no rows.
import { commands } from 'vscode';
import { notify } from '../common/display.ts';
import { isGroup, urisOfArguments, workingFileOf } from '../commands/commandArguments.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';
import type { FileEntry } from '../../server/protocol.ts';
import { filesOfArguments, type FilesByRepository } from './selectedChanges.ts';
import type { HgContext } from './commandContext.ts';
import { hgTexts } from './hgStrings.ts';

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

/** Rescans files that hg may have created without recording them, and shows them before their events arrive. */
export async function lookAt(
  { client }: HgContext,
  repository: OpenRepository,
  paths: readonly string[],
): Promise<void> {
  if (paths.length > 0) client.hint(repository.root, paths);
  await client.settle(repository.root);
  await repository.shown();
}

/** The state before a command: what was saved a moment ago is part of it. */
export async function settled({ client, hints }: HgContext, repository: OpenRepository): Promise<void> {
  hints.flush();
  await client.settle(repository.root);
  await repository.shown();
}

/** A few of the names, or other lines, for the detail of a question. */
export function namesOf(lines: readonly string[]): readonly string[] {
  const shown = lines.slice(0, MOST_NAMES);
  if (shown.length < lines.length) shown.push(hgTexts.more(lines.length - shown.length));
  return shown;
}

const MOST_NAMES = 12;

/**
 * Returns a path from the root for commands that expect patterns (rename, copy). The prefix prevents a pattern or an
 * option.
 */
export function plain(path: string): string {
  return `./${path}`;
}

/** Warns about conflicts in the way, and offers to show them. */
export function warnOfConflicts(sentence: string): void {
  void notify('warning', sentence, hgTexts.commit.showConflicts()).then(async choice => {
    if (choice !== undefined) await commands.executeCommand('workbench.view.scm');
  });
}

export function inform(sentence: string): void {
  void notify('info', sentence);
}
