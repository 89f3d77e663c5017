// Files and folders that were renamed in VS Code, recorded as renames.
import { l10n, type Uri } from 'vscode';
import { modal } from '../../common/display.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { HgFailure } from '../../hg/hgClient.ts';
import type { HgCommandRun, HgContext } from '../../hg/commandContext.ts';
import { previewLines } from '../../hg/notifications.ts';
import { flushPendingChanges } from '../../hg/pendingChanges.ts';
import { literalPath } from '../../hg/selectedPaths.ts';

export const renameCommands = {
  recordRenames: (context, [files, wanted]) => recordRenames(context, files as readonly RenamedFile[], wanted),
} satisfies Readonly<Record<string, HgCommandRun>>;

export interface RenamedFile {
  readonly oldUri: Uri;
  readonly newUri: Uri;
}

interface Rename {
  readonly from: string;
  readonly to: string;
}

/** So many files are named to hg at once. */
const MOST_AT_ONCE = 500;

/** Records renames of tracked files: only these are missing at their old path afterwards. */
async function recordRenames(context: HgContext, files: readonly RenamedFile[], wanted: unknown): Promise<void> {
  const byRepository = new Map<OpenRepository, Rename[]>();
  for (const { oldUri, newUri } of files) {
    const [from, to] = [oldUri, newUri].map(uri => context.repositories.locate(uri));
    if (from === undefined || from.value !== to?.value) continue;
    const renames = byRepository.get(from.value) ?? [];
    renames.push({ from: from.path, to: to.path });
    byRepository.set(from.value, renames);
  }
  for (const [repository, renames] of byRepository) {
    context.client.hint(
      repository.root,
      renames.flatMap(({ from, to }) => [from, to]),
    );
    await flushPendingChanges(context, repository);
    const tracked = renames.flatMap(rename => trackedIn(repository, rename));
    if (tracked.length === 0) continue;
    if (wanted !== 'always' && !(await isWanted(tracked))) continue;
    try {
      await record(context, repository, tracked);
    } catch (error) {
      // Without hg, no message for each rename: the view shows the files as missing and untracked.
      if (!(error instanceof HgFailure) || error.kind !== 'unavailable') throw error;
      context.log.warn(`renames were not recorded: ${error.message}`);
    }
  }
}

async function isWanted(renames: readonly Rename[]): Promise<boolean> {
  const action = l10n.t('Record Rename');
  const message =
    renames.length === 1
      ? l10n.t('Record the rename of {0} to {1}?', renames[0]!.from, renames[0]!.to)
      : l10n.t('Record the rename of {0} files?', renames.length);
  const detail = previewLines(renames.map(({ from, to }) => `${from} → ${to}`));
  return (await modal('info', message, detail, action)) === action;
}

function trackedIn({ model }: OpenRepository, { from, to }: Rename): Rename[] {
  const found: Rename[] = [];
  for (const { path, status } of model.entries.values()) {
    if (status !== 'deleted') continue;
    if (path === from) found.push({ from, to });
    else if (path.startsWith(`${from}/`)) found.push({ from: path, to: `${to}${path.slice(from.length)}` });
  }
  return found;
}

/** Files that keep their names and go from one folder to another are recorded together; others one by one. */
async function record(context: HgContext, repository: OpenRepository, renames: readonly Rename[]): Promise<void> {
  const title = l10n.t('Recording renames…');
  const moves = new Map<string, { readonly folder: string; readonly files: string[] }>();
  for (const { from, to } of renames) {
    const [[oldFolder, oldName], [newFolder, newName]] = [split(from), split(to)];
    if (oldName !== newName) {
      await context.hg.change(repository, {
        verb: 'rename',
        options: ['--after'],
        operands: [literalPath(from), literalPath(to)],
        title,
      });
      continue;
    }
    const key = `${oldFolder}\0${newFolder}`;
    const move = moves.get(key) ?? { folder: newFolder, files: [] };
    move.files.push(from);
    moves.set(key, move);
  }
  for (const { folder, files } of moves.values()) {
    for (let at = 0; at < files.length; at += MOST_AT_ONCE) {
      const some = files.slice(at, at + MOST_AT_ONCE).map(literalPath);
      const target = folder === '' ? '.' : literalPath(folder);
      await context.hg.change(repository, {
        verb: 'rename',
        options: ['--after'],
        operands: [...some, target],
        title,
      });
    }
  }
}

function split(path: string): readonly [folder: string, name: string] {
  const slash = path.lastIndexOf('/');
  return [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)];
}
