// Large files in a comparison of revisions. There they are stand-ins, which `hg status` shows as the files themselves.
import { bytePath, isAtOrBelow, toDisplay, type BytePath } from '../../../base/bytePath.ts';
import { QuicksilverError } from '../../../base/errors.ts';
import type { Dirstate } from '../../../mercurial/dirstate/dirstate.ts';
import { largefileOf, standinOf, STANDINS } from '../../../mercurial/repository/largefiles.ts';
import type { MercurialRepository } from '../../../mercurial/repository/repository.ts';
import type { StoreTree } from '../../../mercurial/store/store.ts';
import type { RevisionDiff, RevisionFile } from '../../../status/revisionStatus.ts';
import type { StatusEntry } from '../../../status/status.ts';
import type { BaseTree, WorkCounters } from '../../../status/types.ts';
import { WorkingTree } from '../../../status/workingTree.ts';
import { inSelection, type SelectedPaths } from './selectedPaths.ts';

/** Mercurial shows stand-ins: the status is taken again, with the stand-ins as ordinary files. */
export class StandinsShown extends Error {}

/**
 * True if Mercurial takes stand-ins for ordinary files: where the user named one, or where patterns select no large
 * file of the working copy.
 */
export function showsStandins(repository: MercurialRepository, dirstate: Dirstate, selection: SelectedPaths): boolean {
  if (!repository.mayHaveLargefiles) return false;
  const named = selection.bases ?? selection.paths ?? [];
  if (named.some(path => isAtOrBelow(path, bytePath(STANDINS)))) return true;
  const isSelected = inSelection(selection);
  if (selection.filter === undefined || isSelected === undefined) return false;
  return !repository.hasLargefile(dirstate, isSelected);
}

/**
 * Returns entries of two revisions with the names of large files. As in Mercurial, they keep the places of their
 * stand-ins in the order.
 */
export function withLargeNames(entries: readonly StatusEntry[]): StatusEntry[] {
  const large = (path: BytePath): BytePath => largefileOf(path) ?? path;
  return entries.map(entry => ({
    ...entry,
    path: large(entry.path),
    place: entry.path,
    ...(entry.source !== undefined && { source: large(entry.source) }),
  }));
}

/**
 * Returns entries of the working copy without the sources of some large files. Mercurial shows a source only if the
 * stand-in is selected, too.
 */
export function withShownSources(
  repository: MercurialRepository,
  dirstate: Dirstate,
  entries: readonly StatusEntry[],
  selection: SelectedPaths,
): readonly StatusEntry[] {
  const isSelected = repository.mayHaveLargefiles ? inSelection(selection) : undefined;
  if (isSelected === undefined) return entries;
  return withoutSources(entries, path => !isSelected(standinOf(path)) && repository.isLargefile(dirstate, path));
}

/** Returns entries without the sources of stand-ins: where Mercurial shows stand-ins, it shows no source of theirs. */
export function withoutStandinSources(entries: readonly StatusEntry[]): readonly StatusEntry[] {
  return withoutSources(entries, path => largefileOf(path) !== undefined);
}

function withoutSources(entries: readonly StatusEntry[], isHidden: (path: BytePath) => boolean): StatusEntry[] {
  return entries.map(entry => {
    const { source, ...plain } = entry;
    return source !== undefined && isHidden(entry.path) ? plain : entry;
  });
}

/** Returns copies with the names of large files. */
export function copiesWithLargeNames(copies: ReadonlyMap<BytePath, BytePath>): ReadonlyMap<BytePath, BytePath> {
  const large = (path: BytePath): BytePath => largefileOf(path) ?? path;
  return new Map([...copies].map(([path, source]) => [large(path), large(source)]));
}

/** Returns the paths with those of their stand-ins. */
export function withStandinPaths(paths: readonly BytePath[] | undefined): readonly BytePath[] | undefined {
  return paths?.flatMap(path => [path, standinOf(path)]);
}

/** A large file that differs from the one of a revision, even if the stand-ins are equal. */
const DIFFERENT: RevisionFile = { node: '', flag: '' };

function isSameRevision(before: RevisionFile | undefined, after: RevisionFile | undefined): boolean {
  return before?.node === after?.node && before?.flag === after?.flag;
}

interface ComparisonParts {
  /** From the revision to the first parent. */
  readonly toParent: RevisionDiff;
  /** Paths that the user named. */
  readonly named: readonly BytePath[];
  readonly outcome: WorkCounters;
}

/** A comparison of a revision with the working copy, in terms of large files. */
export interface LargeComparison {
  readonly toParent: RevisionDiff;
  /** The files of the revision. A large one matches only if the working file is as executable as its stand-in. */
  readonly base: BaseTree;
  /**
   * Corrects the entries of the comparison, as Mercurial has them.
   * @param working the status against the first parent
   */
  settle(entries: readonly StatusEntry[], working: readonly StatusEntry[]): StatusEntry[];
}

/**
 * Turns stand-ins into large files in the way from a revision to the first parent.
 *
 * A large file of the revision that the working copy does not record is missing for Mercurial, not removed. Equal
 * hashes are equal files if the working file is as executable as the stand-in of the revision. Throws 'unsupported' for
 * a path that is large on one side only.
 *
 * @param other the compared revision, with large files; `revision` is its node
 */
export function largeComparison(
  repository: MercurialRepository,
  dirstate: Dirstate,
  other: { readonly revision: string; readonly base: BaseTree },
  { toParent, named, outcome }: ComparisonParts,
): LargeComparison {
  const tree = new WorkingTree(repository.root, outcome);
  const gone = new Set<BytePath>();
  const revisions = [repository.store.baseTree(other.revision), repository.store.baseTree(dirstate.p1)] as const;
  const hashIn = (tree: StoreTree, large: BytePath): string | undefined =>
    tree.find(standinOf(large))?.content().toString('latin1').trim();
  // Not the bit of the first parent: a status ignores how executable a large file of unsure stat is.
  const isAsExecutable = (large: BytePath): boolean => {
    if (!repository.traits.executableBit) return true;
    return tree.isExecutableByAll(large) === (revisions[0].find(standinOf(large))?.kind === 'executable');
  };
  const isEqual = (large: BytePath, before: RevisionFile | undefined, after: RevisionFile | undefined): boolean => {
    if (before === undefined || after === undefined) return false;
    const isSameContent = before.node === after.node || hashIn(revisions[0], large) === hashIn(revisions[1], large);
    return isSameContent && isAsExecutable(large);
  };
  const isSurelyClean = (large: BytePath): boolean => {
    const node = dirstate.find(large);
    const stat = node >= 0 && dirstate.kind(node) === 'tracked' ? tree.lstat(large) : undefined;
    return stat !== undefined && dirstate.compareStat(node, stat) === 'clean';
  };
  const check = (path: BytePath, isLarge: boolean): void => {
    const file = other.base.find(path);
    if (file === undefined || (file.kind === 'any') === isLarge) return;
    const message = `'${toDisplay(path)}' is a large file on one side only, which is not supported`;
    throw new QuicksilverError('unsupported', message);
  };
  return {
    base: {
      find: path => {
        const file = other.base.find(path);
        if (file?.kind !== 'any') return file;
        return { ...file, matches: content => isAsExecutable(path) && file.matches(content) };
      },
    },
    toParent: (options, sink) => {
      // All files, because a large one may differ from the revision where its stand-in does not.
      toParent({ ...options, equal: true }, (path, before, after) => {
        const large = largefileOf(path);
        if (large === undefined) {
          if (before !== undefined) check(path, repository.isLargefile(dirstate, path));
          if (options.equal || !isSameRevision(before, after)) sink(path, before, after);
          return;
        }
        check(large, true);
        if (after === undefined && dirstate.find(large) < 0) {
          if (named.includes(large)) return;
          gone.add(large);
        }
        // Mercurial compares a file whose stat proves it clean only if clean files are listed.
        if (after !== undefined && !options.equal && isSurelyClean(large)) return;
        if (!isEqual(large, before, after)) sink(large, before, after && DIFFERENT);
        else if (options.equal) sink(large, before, before);
      });
    },
    settle: (entries, working) => {
      for (const { path } of entries) if (dirstate.find(path) >= 0) check(path, repository.isLargefile(dirstate, path));
      const isUntracked = ({ status }: StatusEntry): boolean => status === 'unknown' || status === 'ignored';
      // An untracked file in the place of a large one of the revision is listed in addition.
      const shown = new Set(entries.filter(isUntracked).map(({ path }) => path));
      const hidden = working.filter(entry => isUntracked(entry) && !shown.has(entry.path));
      return [
        ...entries.map(entry => (gone.has(entry.path) ? { ...entry, status: 'deleted' as const } : entry)),
        ...hidden.filter(({ path }) => other.base.find(path)?.kind === 'any'),
      ];
    },
  };
}
