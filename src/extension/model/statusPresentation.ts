// The presentation of each status: letter, color and icon of a row, and the color of a file in the tree. Letters are
// Mercurial's own, as in `hg status` and `hg resolve`. Colors are ours and default to Git's.
import type { SystemKind } from '../../base/repositoryState.ts';
import type { EntryStatus, FileEntry, StagedFile } from '../../server/protocol.ts';
import type { FileContext, RowGroup } from '../contributions/contextKeys.ts';
import type { SettingValue } from '../contributions/settings.ts';
import type { ColorName } from '../contributions/window.ts';

/**
 * The status that the user sees:
 * - 'renamed': an added file whose source no longer exists; 'copied': one whose source does.
 * - 'conflict': an unresolved path of a merge, whatever its status.
 * - 'subrepository': the folder of a subrepository that differs from its recorded state.
 */
export type ShownStatus = EntryStatus | 'renamed' | 'copied' | 'conflict' | 'subrepository';

export interface StatusPresentation {
  /** Badge in the tree and in the rows; '' for none. */
  readonly letter: string;
  readonly color: ColorName;
  /** Name of a codicon, for rows when decorations are switched off. */
  readonly icon: string;
  readonly strikeThrough: boolean;
  /** True if the folders above take on the color. */
  readonly propagate: boolean;
  /** `scmResourceState` in when-clauses of menus. */
  readonly contextValue: FileContext;
}

export const statusPresentations: Readonly<Record<ShownStatus, StatusPresentation>> = {
  modified: {
    letter: 'M',
    color: 'modified',
    icon: 'diff-modified',
    strikeThrough: false,
    propagate: true,
    contextValue: 'modified',
  },
  added: {
    letter: 'A',
    color: 'added',
    icon: 'diff-added',
    strikeThrough: false,
    propagate: true,
    contextValue: 'added',
  },
  renamed: {
    letter: 'A',
    color: 'renamed',
    icon: 'diff-renamed',
    strikeThrough: false,
    propagate: true,
    contextValue: 'renamed',
  },
  copied: {
    letter: 'A',
    color: 'renamed',
    icon: 'diff-renamed',
    strikeThrough: false,
    propagate: true,
    contextValue: 'copied',
  },
  conflict: {
    letter: 'U',
    color: 'conflict',
    icon: 'git-merge',
    strikeThrough: false,
    propagate: true,
    contextValue: 'conflict',
  },
  removed: {
    letter: 'R',
    color: 'removed',
    icon: 'diff-removed',
    strikeThrough: true,
    propagate: false,
    contextValue: 'removed',
  },
  deleted: {
    letter: '!',
    color: 'missing',
    icon: 'question',
    strikeThrough: true,
    propagate: false,
    contextValue: 'missing',
  },
  unknown: {
    letter: '?',
    color: 'untracked',
    icon: 'diff-added',
    strikeThrough: false,
    propagate: true,
    contextValue: 'untracked',
  },
  subrepository: {
    letter: 'S',
    color: 'subrepository',
    icon: 'file-submodule',
    strikeThrough: false,
    propagate: true,
    contextValue: 'subrepository',
  },
  ignored: {
    letter: '',
    color: 'ignored',
    icon: 'circle-slash',
    strikeThrough: false,
    propagate: false,
    contextValue: 'ignored',
  },
};

/** @param sourceStatus status of the file that `entry` was copied or renamed from, if it has an entry itself */
export function shownStatusOf(entry: FileEntry, sourceStatus: EntryStatus | undefined): ShownStatus {
  if (entry.source === undefined || entry.status !== 'added') return entry.status;
  return sourceStatus === 'removed' || sourceStatus === 'deleted' ? 'renamed' : 'copied';
}

/** Git's users know these letters. */
const GIT_LETTERS: Readonly<Partial<Record<ShownStatus, string>>> = {
  renamed: 'R',
  conflict: '!',
  removed: 'D',
  deleted: 'D',
  unknown: 'U',
};

/** The badge of a status in a repository of the system. */
export function letterOf(status: ShownStatus, system: SystemKind): string {
  return (system === 'git' ? GIT_LETTERS[status] : undefined) ?? statusPresentations[status].letter;
}

export function stagedStatus({ status, source }: StagedFile): ShownStatus {
  return source === undefined ? status : 'renamed';
}

/** In the order in which they are shown. */
export const GROUP_IDS = [
  'conflicts',
  'resolved',
  'staged',
  'included',
  'changes',
  'subrepositories',
  'untracked',
] as const satisfies readonly RowGroup[];
export type GroupId = (typeof GROUP_IDS)[number];

/**
 * The group a status is listed in; undefined if it is not listed.
 * @param isResolved it is one of the files that the unfinished merge had to put together, and is
 * @param isIncluded it is chosen for the next commit
 */
export function groupOf(
  status: ShownStatus,
  untracked: SettingValue<'untrackedChanges'>,
  isResolved: boolean,
  isIncluded: boolean,
): GroupId | undefined {
  if (status === 'conflict') return 'conflicts';
  if (status === 'subrepository') return 'subrepositories';
  if (status === 'ignored') return undefined;
  if (isIncluded) return 'included';
  if (isResolved && status !== 'unknown') return 'resolved';
  if (status !== 'unknown') return 'changes';
  return untracked === 'mixed' ? 'changes' : untracked === 'separate' ? 'untracked' : undefined;
}
