// The changesets that the options of `quicksilver log` select.
import type { ChangesetLog, FollowedChangeset } from '../../backends/mercurial/commandLine/changesetLog.ts';
import { isAtOrBelow, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { ParsedArguments } from '../arguments.ts';
import { usageError } from '../io.ts';
import type { Selection } from '../selection.ts';

/** The files that the paths of a command select. */
export type SelectedFiles = Pick<Selection, 'paths' | 'filter'>;

/** Receives a file to follow that the changeset lacks. */
export type WarnAboutFile = (path: BytePath, changeset: number) => void;

/** A changeset that may be printed, and the files that its difference is restricted to; all if undefined. */
export interface Candidate {
  readonly changeset: number;
  readonly files: SelectedFiles | undefined;
}

type Filter = (revision: number) => boolean;

/** Returns the changesets in the order of the output, hidden ones and those that a filter takes out left out. */
export function* selectedChangesets(
  args: ParsedArguments,
  model: ChangesetLog,
  files: SelectedFiles,
  warn: WarnAboutFile,
): Generator<Candidate> {
  const passes = filterOf(args, model);
  for (const candidate of candidates(args, model, files, warn)) {
    if (!model.isHidden(candidate.changeset) && passes(candidate.changeset)) yield candidate;
  }
}

function candidates(
  args: ParsedArguments,
  model: ChangesetLog,
  files: SelectedFiles,
  warn: WarnAboutFile,
): Iterable<Candidate> {
  const { paths, filter } = files;
  const all = (): Iterable<number> => inGraphOrder(args, changesets(args, model));
  if (paths === undefined && filter === undefined) return restricted(all(), undefined, () => true);
  if (isFollowing(args)) return followed(args, model, files, warn);
  const isSlow = args.flags.has('removed') || filter !== undefined || !paths!.every(path => model.hasHistory(path));
  return restricted(all(), files, isSlow ? touching(model, files) : recordedIn(model, paths!));
}

function* restricted(
  revisions: Iterable<number>,
  files: SelectedFiles | undefined,
  passes: Filter,
): Generator<Candidate> {
  for (const changeset of revisions) if (passes(changeset)) yield { changeset, files };
}

/** --follow-first follows, too. */
function isFollowing({ flags }: ParsedArguments): boolean {
  return flags.has('follow') || flags.has('follow-first');
}

/** A graph has the newest changeset first, whatever the order of a set. */
function inGraphOrder(args: ParsedArguments, revisions: Iterable<number>): Iterable<number> {
  return args.flags.has('graph') ? [...revisions].sort((a, b) => b - a) : revisions;
}

function changesets(args: ParsedArguments, model: ChangesetLog): Iterable<number> {
  const named = args.repeated.get('rev');
  if (isFollowing(args)) {
    const heads = named === undefined ? [model.workingParents[0]] : resolved(model, named);
    return ancestors(model, heads, args.flags.has('follow-first'));
  }
  return named === undefined ? newestFirst(model.count) : resolved(model, named);
}

function* newestFirst(count: number): Generator<number> {
  for (let revision = count - 1; revision >= 0; revision--) yield revision;
}

/** True of a changeset that names one of the files as changed. */
function touching(model: ChangesetLog, { paths, filter }: SelectedFiles): (revision: number) => boolean {
  return revision =>
    model
      .changeset(revision)
      .files.some(file => (paths?.some(path => isAtOrBelow(file, path)) ?? true) && (filter?.(file, true) ?? true));
}

/** True of a changeset to which the history of one of the files leads. */
function recordedIn(model: ChangesetLog, paths: readonly BytePath[]): (revision: number) => boolean {
  const found = new Set(paths.flatMap(path => model.recordedChangesets(path)));
  return revision => found.has(revision);
}

/** The histories of files, or the ancestors that change something in directories. */
function followed(
  args: ParsedArguments,
  model: ChangesetLog,
  files: SelectedFiles,
  warn: WarnAboutFile,
): Iterable<Candidate> {
  if (args.flags.has('follow-first')) {
    throw new QuicksilverError('unsupported', '--follow-first with files is not supported by quicksilver log');
  }
  const named = args.repeated.get('rev');
  const [start, ...more] = named === undefined ? [model.workingParents[0]] : resolved(model, named);
  if (start === undefined || more.length > 0) throw usageError('--follow with a file takes one revision');
  if (named === undefined && start < 0) return [];
  const paths = files.paths ?? [];
  const isByChanges =
    files.filter !== undefined ||
    args.flags.has('removed') ||
    (named === undefined ? isByChangesFromWorkingCopy(model, paths, start) : isByChangesFrom(model, paths, start));
  if (isByChanges) return restricted(ancestors(model, [start]), files, touching(model, files));
  const [found, missing] = [true, false].map(isFound => paths.filter(path => model.hasFile(start, path) === isFound));
  for (const path of missing!.sort()) if (!isInSubrepository(path, model)) warn(path, start);
  return merged(found!.map(path => model.fileHistory(path, start)));
}

/**
 * True if the ancestors count that name one of the paths as changed; false for the histories of files. Throws a 'usage'
 * error for a path that the changeset lacks.
 */
function isByChangesFrom(model: ChangesetLog, paths: readonly BytePath[], start: number): boolean {
  const isFile = (path: BytePath): boolean => model.hasFile(start, path);
  const lost = paths.find(path => start < 0 || (!isFile(path) && !model.hasPath(start, path)));
  if (lost !== undefined) {
    const place = start < 0 ? 'any' : 'parent';
    throw usageError(`cannot follow file not in ${place} revision: "${toDisplay(lost)}"`);
  }
  return !paths.every(isFile);
}

/**
 * Decides as {@link isByChangesFrom} does where no revision is named. As in Mercurial, the files of the working copy
 * count, although the histories begin at its first parent. A removed file cannot be followed, and neither can one
 * without any history. An untracked path on disk, such as a directory, has no history of its own. It makes the
 * ancestors count if the store has anything at one of the paths.
 */
function isByChangesFromWorkingCopy(model: ChangesetLog, paths: readonly BytePath[], start: number): boolean {
  const isTracked = model.trackedFiles();
  for (const path of paths) {
    const fault = isTracked(path)
      ? model.isWithoutHistory(path) && 'nonexistent file'
      : !model.isOnDisk(path) && 'file not in parent revision';
    if (fault !== false) throw usageError(`cannot follow ${fault}: "${toDisplay(path)}"`);
  }
  if (paths.every(isTracked)) return false;
  const isKnown = (path: BytePath): boolean => path === '' || model.hasHistory(path) || model.hasPath(start, path);
  return paths.some(isKnown) || isNamedByAny(model, paths);
}

function isNamedByAny(model: ChangesetLog, paths: readonly BytePath[]): boolean {
  const isNamed = touching(model, { paths, filter: undefined });
  for (let revision = model.count - 1; revision >= 0; revision--) if (isNamed(revision)) return true;
  return false;
}

function isInSubrepository(path: BytePath, model: ChangesetLog): boolean {
  return [...model.subrepositoryPaths()].some(part => isAtOrBelow(path, part));
}

/** Merges histories into one, the newest changeset first. */
function* merged(histories: readonly Iterable<FollowedChangeset>[]): Generator<Candidate> {
  const [first, ...others] = histories;
  if (first === undefined) return;
  if (others.length === 0) {
    for (const { changeset, paths } of first) yield { changeset, files: { paths, filter: undefined } };
    return;
  }
  const all = new Map<number, BytePath[]>();
  for (const { changeset, paths } of histories.flatMap(history => [...history])) {
    all.set(changeset, [...(all.get(changeset) ?? []), ...paths]);
  }
  for (const [changeset, paths] of [...all].sort(([a], [b]) => b - a)) {
    yield { changeset, files: { paths, filter: undefined } };
  }
}

function* ancestors(model: ChangesetLog, heads: readonly number[], byFirstParents = false): Generator<number> {
  const isAncestor = ancestorMask(model, heads, byFirstParents);
  for (let revision = model.count - 1; revision >= 0; revision--) if (isAncestor[revision] === 1) yield revision;
}

/** 1 for each of the changesets and of their ancestors, or of those that first parents lead to. */
function ancestorMask({ parents, count }: ChangesetLog, heads: readonly number[], byFirstParents = false): Uint8Array {
  const mask = new Uint8Array(count);
  const followed = byFirstParents ? 1 : 2;
  for (const head of heads) if (head >= 0) mask[head] = 1;
  for (let revision = count - 1; revision >= 0; revision--) {
    if (mask[revision] === 0) continue;
    for (let at = revision * 2; at < revision * 2 + followed; at++) if (parents[at]! >= 0) mask[parents[at]!] = 1;
  }
  return mask;
}

/** The changesets of all sets, in their order. */
function resolved(model: ChangesetLog, sets: readonly string[]): readonly number[] {
  return [...new Set(sets.flatMap(set => model.resolveSet(set)))];
}

/** The changesets that pass all filters; of several values of one option, one is enough. */
function filterOf(args: ParsedArguments, model: ChangesetLog): Filter {
  const filters = [
    ...(args.flags.has('no-merges') ? [(revision: number) => model.parents[revision * 2 + 1]! < 0] : []),
    ...(args.flags.has('only-merges') ? [(revision: number) => model.parents[revision * 2 + 1]! >= 0] : []),
    ...prunes(args, model),
    ...bookmarks(args, model),
    ...dates(args, model),
    ...texts(args, model),
  ];
  return revision => filters.every(passes => passes(revision));
}

function prunes(args: ParsedArguments, model: ChangesetLog): Filter[] {
  const names = args.repeated.get('prune');
  if (names === undefined) return [];
  const pruned = ancestorMask(
    model,
    names.map(name => changesetNamed(name, model)),
  );
  return [revision => pruned[revision] === 0];
}

function changesetNamed(name: string, model: ChangesetLog): number {
  const revision = model.resolve(name);
  if (revision === 'working-copy') throw usageError('the working copy is no changeset');
  return revision;
}

function bookmarks(args: ParsedArguments, model: ChangesetLog): Filter[] {
  const names = args.repeated.get('bookmark');
  if (names === undefined) return [];
  const all = model.bookmarks();
  const heads = model.branchHeads();
  const found = new Set<number>();
  for (const name of names) {
    const marked = all.get(name);
    if (marked === undefined) throw usageError(`bookmark '${name}' does not exist`);
    // The changesets that only this bookmark leads to.
    const without = [...heads, ...all.values()].filter(revision => revision !== marked);
    const others = ancestorMask(model, without);
    const own = ancestorMask(model, [marked]);
    for (let revision = 0; revision < model.count; revision++) {
      if (own[revision] === 1 && others[revision] === 0) found.add(revision);
    }
  }
  return [revision => found.has(revision)];
}

function dates(args: ParsedArguments, model: ChangesetLog): Filter[] {
  const text = args.values.get('date') ?? '';
  if (text === '') return [];
  const isIn = model.dateFilter(text);
  return [revision => isIn(model.changeset(revision).time)];
}

function texts(args: ParsedArguments, model: ChangesetLog): Filter[] {
  const lower = (name: string): string[] | undefined => args.repeated.get(name)?.map(text => text.toLowerCase());
  const keywords = lower('keyword');
  const users = lower('user');
  const branches = branchesOf(args, model);
  if (keywords === undefined && users === undefined && branches === undefined) return [];
  return [
    revision => {
      const { user, description, branch, files } = model.changeset(revision);
      const author = user.toLowerCase();
      if (branches !== undefined && !branches.has(branch)) return false;
      if (users !== undefined && !users.some(wanted => author.includes(wanted))) return false;
      if (keywords === undefined) return true;
      const searched = [author, description.toLowerCase(), ...files.map(file => toDisplay(file).toLowerCase())];
      return keywords.some(keyword => searched.some(text => text.includes(keyword)));
    },
  ];
}

/** The branches that options name, or that the changesets are on which they name; undefined without such an option. */
function branchesOf({ repeated }: ParsedArguments, model: ChangesetLog): ReadonlySet<string> | undefined {
  const names = [...(repeated.get('branch') ?? []), ...(repeated.get('only-branch') ?? [])];
  if (names.length === 0) return undefined;
  const known = new Set(model.branchNames());
  return new Set(
    names.map(name => {
      if (known.has(name)) return name;
      const revision = changesetNamed(name, model);
      return revision < 0 ? 'default' : model.changeset(revision).branch;
    }),
  );
}
