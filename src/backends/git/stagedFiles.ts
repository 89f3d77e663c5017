// Staged files and conflicts of a Git index, in the words of the model.
import type { StagedFile as Staged } from '../../base/repositoryState.ts';
import type { BytePath } from '../../base/bytePath.ts';
import { findRenames, type RenameSide } from '../../git/changes/renames.ts';
import { byPath, stagedChanges, type RecordedFile } from '../../git/changes/stagedChanges.ts';
import type { GitIndex, Stage } from '../../git/index/gitIndex.ts';
import { UNMERGED } from '../../git/index/indexTree.ts';
import { EXECUTABLE_MODE, GITLINK_MODE, SYMLINK_MODE } from '../../git/objects/structures.ts';
import type { GitRepository } from '../../git/repository/repository.ts';
import type { Conflict, MergeState, StagedFile } from '../../workingCopy/backend.ts';
import { renameOptions } from './renameSettings.ts';

/** With more added or removed files, only equal ones count as renamed: the live model must not wait for that. */
const MAX_COMPARED = 200;
const MAX_BLOB_BYTES = 16 * 1024 * 1024;

const STATUS = { A: 'added', M: 'modified', T: 'modified', D: 'removed' } as const;

/**
 * Returns the files that HEAD and the index have differently, ordered by path, with their renames.
 * Throws 'corrupt' if an object is missing or damaged, 'unsupported' if the configuration asks for copies.
 * @param release see {@link renameOptions}
 */
export function stagedFiles(
  repository: GitRepository,
  index: GitIndex,
  head: string | undefined,
  release: string | undefined,
): StagedFile[] {
  const tree = head === undefined ? undefined : repository.commit(head).tree;
  const changes = stagedChanges(index, tree, repository.store).sort(byPath);
  const options = renameOptions(repository.config, undefined, release);
  const limit = Math.min(options.limit === 0 ? MAX_COMPARED : options.limit, MAX_COMPARED);
  const side = (path: BytePath, file: RecordedFile): RenameSide => sideOf(repository, path, file);
  const removed = changes.filter(change => change.letter === 'D').map(({ path, head: file }) => side(path, file!));
  const added = changes.filter(change => change.letter === 'A').map(({ path, index: file }) => side(path, file!));
  const { renames } = options.enabled
    ? findRenames(removed, added, { ...options, limit, largest: MAX_BLOB_BYTES })
    : { renames: [] };
  const sources = new Map(renames.map(({ source, target }) => [target.path, source.path]));
  const renamed = new Set(sources.values());
  const heads = new Map(changes.map(change => [change.path, change.head]));
  const staged: Staged<BytePath>[] = [];
  for (const { path, letter, head: before, index: after } of changes) {
    if (letter === 'D' && renamed.has(path)) continue;
    const source = sources.get(path);
    staged.push({
      path,
      status: STATUS[letter],
      ...(source !== undefined && { source }),
      before: idOf(source === undefined ? before : heads.get(source)),
      after: idOf(after),
    });
  }
  return staged;
}

function idOf(file: RecordedFile | undefined): string | undefined {
  return file === undefined || file.mode === GITLINK_MODE ? undefined : file.id;
}

function sideOf({ store }: GitRepository, path: BytePath, { mode, id }: RecordedFile): RenameSide {
  let data: Buffer | undefined;
  const content = (): Buffer => (data ??= store.readTyped(id, 'blob', MAX_BLOB_BYTES));
  let bytes: number | undefined;
  return { path, mode, id, content, size: () => (bytes ??= store.size(id)) };
}

/** Returns the conflicts of an index; undefined if there are none. */
export function conflictsOf(
  index: GitIndex,
  local: string | undefined,
  other: string | undefined,
): MergeState | undefined {
  const conflicts = index.nodesWith(UNMERGED).map(node => conflictOf(index, node));
  if (conflicts.length === 0) return undefined;
  conflicts.sort(byPath);
  return { local, other, labels: {}, conflicts, problem: undefined };
}

function conflictOf(index: GitIndex, node: number): Conflict {
  const path = index.path(node);
  const [base, ours, theirs] = index.stages(node);
  const none = '0'.repeat(index.header.format.length * 2);
  const isOneSided = (ours === undefined) !== (theirs === undefined);
  return {
    kind: isOneSided ? 'change-delete' : 'content',
    path,
    state: 'unresolved',
    ...(isOneSided && { deletedOn: ours === undefined ? 'local' : 'other' }),
    localPath: path,
    localFlags: flagsOf(ours),
    ancestorPath: path,
    ancestorNode: base?.id ?? none,
    otherPath: path,
    otherNode: theirs?.id,
  };
}

function flagsOf(stage: Stage | undefined): string {
  return stage?.mode === SYMLINK_MODE ? 'l' : stage?.mode === EXECUTABLE_MODE ? 'x' : '';
}
