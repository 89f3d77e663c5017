// Files and folders that were renamed in VS Code, recorded as renames.
import { l10n, type Uri } from 'vscode';
import { modal, notify } from '../../common/display.ts';
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
  const elsewhere: Move[] = [];
  for (const { oldUri, newUri } of files) {
    const [from, to] = [oldUri, newUri].map(uri => context.repositories.locate(uri));
    if (from === undefined || to === undefined) continue;
    if (from.value !== to.value) {
      elsewhere.push({
        from: { repository: from.value, path: from.path },
        to: { repository: to.value, path: to.path },
      });
      continue;
    }
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
  // Last: the message may stay for long.
  if (elsewhere.length > 0) await offerToRecordMoves(context, elsewhere);
}

interface Place {
  readonly repository: OpenRepository;
  readonly path: string;
}

/** A file or folder that was moved into another repository. */
interface Move {
  readonly from: Place;
  readonly to: Place;
}

/** A message without a dialog: nothing is lost if nobody records it. */
async function offerToRecordMoves(context: HgContext, moves: readonly Move[]): Promise<void> {
  const removed = new Map<OpenRepository, string[]>();
  const added = new Map<OpenRepository, string[]>();
  for (const { from, to } of moves) {
    context.client.hint(from.repository.root, [from.path]);
    context.client.hint(to.repository.root, [to.path]);
    await flushPendingChanges(context, from.repository);
    await flushPendingChanges(context, to.repository);
    const tracked = pathsWith(from, 'deleted');
    if (tracked.length === 0) continue;
    removed.set(from.repository, [...(removed.get(from.repository) ?? []), ...tracked]);
    const arrived = new Set(tracked.map(path => `${to.path}${path.slice(from.path.length)}`));
    const toAdd = pathsWith(to, 'unknown').filter(path => arrived.has(path));
    if (toAdd.length > 0) added.set(to.repository, [...(added.get(to.repository) ?? []), ...toAdd]);
  }
  const all = [...removed.values()].flat();
  if (all.length === 0) return;
  const message =
    all.length === 1
      ? l10n.t("'{0}' was moved into another repository. Record its removal here and its addition there?", all[0]!)
      : l10n.t('{0} files were moved into another repository. Record it in both?', all.length);
  const action = l10n.t('Record');
  if ((await notify('info', message, action)) !== action) return;
  const title = l10n.t('Recording renames…');
  for (const [repository, paths] of removed)
    await context.hg.change(repository, { verb: 'remove', options: ['--after'], files: paths, title });
  for (const [repository, paths] of added) await context.hg.change(repository, { verb: 'add', files: paths, title });
}

function pathsWith({ repository, path }: Place, wanted: 'deleted' | 'unknown'): string[] {
  return [...repository.model.entries.values()].flatMap(entry =>
    entry.status === wanted && (entry.path === path || entry.path.startsWith(`${path}/`)) ? [entry.path] : [],
  );
}

async function isWanted(renames: readonly Rename[]): Promise<boolean> {
  const action = l10n.t('Record Rename');
  const message =
    renames.length === 1
      ? l10n.t("Record the rename of '{0}' to '{1}'?", renames[0]!.from, renames[0]!.to)
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

/**
 * Files that keep their names and go from one folder to another are recorded together; others one by one. A failure is
 * thrown after all others are recorded.
 */
async function record(context: HgContext, repository: OpenRepository, renames: readonly Rename[]): Promise<void> {
  const moves = new Map<string, { readonly folder: string; readonly files: string[] }>();
  const calls: (readonly string[])[] = [];
  for (const { from, to } of renames) {
    const [[oldFolder, oldName], [newFolder, newName]] = [split(from), split(to)];
    if (oldName !== newName) {
      calls.push([literalPath(from), literalPath(to)]);
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
      calls.push([...some, folder === '' ? '.' : literalPath(folder)]);
    }
  }
  let failure: unknown;
  for (const operands of calls) {
    try {
      // --force: VS Code has asked before it replaced a file.
      await context.hg.change(repository, {
        verb: 'rename',
        options: ['--after', '--force'],
        operands,
        title: l10n.t('Recording renames…'),
      });
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure as Error;
}

function split(path: string): readonly [folder: string, name: string] {
  const slash = path.lastIndexOf('/');
  return [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)];
}
