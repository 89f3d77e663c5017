// The PATH arguments of a command: which part of the working copy they select, and what is wrong with them.
import * as nodePath from 'node:path';
import { bytePath, compareBytes, isAtOrBelow, ROOT_PATH, type BytePath } from '../base/bytePath.ts';
import { checkPath } from '../backends/mercurial/commandLine/pathAudit.ts';
import { QuicksilverError, systemErrorCode } from '../base/errors.ts';
import type { Vfs } from '../files/vfs.ts';
import { NO_NODE, type StatCache } from '../status/types.ts';
import { usageError, utf8Bytes } from './io.ts';
import { fromRoot, vfsPath } from './pathNames.ts';

export interface Selection {
  /** Selects everything at or below these paths; undefined selects everything. */
  readonly paths: readonly BytePath[] | undefined;
  /** If given, only what it is true of. */
  readonly filter: ((path: BytePath, isTracked: boolean) => boolean) | undefined;
  /** Where what is selected can be: paths that were named, and the directories before a pattern's first wildcard. */
  readonly bases: readonly BytePath[];
  /** Named paths that cannot be read, in Mercurial's order of complaints. */
  readonly complaints: readonly Complaint[];
  /** Named paths that belong to subrepositories, which complain about them. */
  readonly inSubrepositories: readonly BytePath[];
}

export interface Complaint {
  readonly path: BytePath;
  readonly reason: string;
}

export type PatternKind = 're' | 'glob' | 'relglob' | 'relre' | 'rootglob' | 'filepath' | 'rootfilesin';

/** A pattern that is relative to the root; a byte string. */
export interface RootedPattern {
  readonly kind: PatternKind;
  readonly pattern: string;
}

/**
 * Returns a matcher for patterns. With 'whole' a glob matches whole paths, with 'orParent' also everything below a path
 * that matches. Throws a 'usage' error.
 */
export type PatternCompiler = (
  patterns: readonly RootedPattern[],
  reach: 'whole' | 'orParent',
) => Promise<(path: BytePath) => boolean>;

/** Values of the options --include and --exclude. */
export interface Restrictions {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** Where the arguments were given. */
export interface SelectionPlace {
  readonly vfs: Vfs;
  readonly root: string;
  readonly cwd: string;
  /** Undefined if paths of a revision are selected: then the disk does not matter, and there are no complaints. */
  readonly statCache: StatCache | undefined;
  /** Subrepositories of this repository. */
  readonly subrepositories?: ReadonlySet<BytePath>;
  /**
   * True to check the disk although paths of a revision are selected. As for `hg log`, relative paths and globs then
   * lead into no repository, subrepositories included, and beyond no symbolic link.
   */
  readonly checksDisk?: boolean;
  /** True if a path below one of them is a subrepository, too. */
  readonly isSubrepository?: ((path: BytePath) => boolean) | undefined;
}

type PathKind = 'path' | 'relpath';

/** A pattern with its kind. */
export interface PathPattern {
  readonly kind: PatternKind | PathKind;
  readonly text: string;
}

/** The kinds that are just a path: from the root, or from the current directory. */
const PATH_KINDS: readonly string[] = ['path', 'relpath'] satisfies PathKind[];
const PATTERN_KINDS: readonly string[] = [
  're',
  'glob',
  'relglob',
  'relre',
  'rootglob',
  'filepath',
  'rootfilesin',
] satisfies PatternKind[];
const UNSUPPORTED_KINDS = new Set(['set', 'listfile', 'listfile0', 'include', 'subinclude']);

/**
 * Splits 'kind:text'. Text without a known kind in front is of the default kind, colon or not. Throws a 'usage' error
 * for kinds that are missing here.
 */
export function splitKind(argument: string, defaultKind: 'relpath' | 'glob' = 'relpath'): PathPattern {
  const colon = argument.indexOf(':');
  const kind = colon < 0 ? '' : argument.slice(0, colon);
  if (UNSUPPORTED_KINDS.has(kind)) throw usageError(`patterns of kind '${kind}:' are not supported: ${argument}`);
  const text = argument.slice(colon + 1);
  if (isPathKind(kind) || isPatternKind(kind)) return { kind, text };
  return { kind: defaultKind, text: argument };
}

/**
 * Returns the selection that PATH arguments make. Throws a 'usage' error for a pattern that cannot be compiled. Also
 * throws one for a path that is not under the root, beyond a symbolic link, or in another repository.
 */
export async function selectPaths(
  argumentsGiven: readonly string[],
  place: SelectionPlace,
  compile: PatternCompiler,
  restrictions: Restrictions = { include: [], exclude: [] },
): Promise<Selection> {
  const selection = await selectArguments(argumentsGiven, place, compile);
  return restricted(selection, restrictions, place, compile);
}

async function selectArguments(
  argumentsGiven: readonly string[],
  place: SelectionPlace,
  compile: PatternCompiler,
): Promise<Selection> {
  if (argumentsGiven.length === 0)
    return { paths: undefined, filter: undefined, bases: [], complaints: [], inSubrepositories: [] };
  const { paths, bases, patterns } = rootedPatterns(argumentsGiven, 'relpath', place);
  // If everything is scanned, Mercurial does not check other named paths.
  const named = bases.includes(ROOT_PATH) ? [] : bases.sort(compareBytes);
  const inSubrepositories = named.filter(path => isInside(path, place.subrepositories));
  const complaints = complaintsAbout(
    named.filter(path => !inSubrepositories.includes(path)),
    place,
  );
  const common = { bases, complaints, inSubrepositories };
  if (patterns.length === 0) return { paths, filter: undefined, ...common };
  const matches = await compile(patterns, 'whole');
  const selected = (path: BytePath): boolean => paths.some(given => isAtOrBelow(path, given)) || matches(path);
  if (!patterns.some(({ kind }) => kind === 'rootfilesin')) return { paths: bases, filter: selected, ...common };
  // Without a place to start from Mercurial scans everything, since version 7.2. Before, it scanned nothing.
  if (bases.length === 0) return { paths: undefined, filter: selected, ...common };
  // With other arguments it finds untracked files only where those lead.
  return {
    paths: undefined,
    filter: (path, isTracked) => selected(path) && (isTracked || bases.some(given => isAtOrBelow(path, given))),
    ...common,
  };
}

/** Returns what is wrong with the named paths, in their order. */
export function complaintsAbout(named: readonly BytePath[], place: SelectionPlace): Complaint[] {
  return named.flatMap(path => {
    const reason = complaintAbout(path, place);
    return reason === undefined ? [] : [{ path, reason }];
  });
}

/** True for a path below one of the directories. */
function isInside(path: BytePath, directories: ReadonlySet<BytePath> = new Set()): boolean {
  return [...directories].some(directory => path !== directory && isAtOrBelow(path, directory));
}

/** Applies --include and --exclude, whose plain values are globs that match a path and everything below it. */
async function restricted(
  selection: Selection,
  { include, exclude }: Restrictions,
  place: SelectionPlace,
  compile: PatternCompiler,
): Promise<Selection> {
  if (include.length === 0 && exclude.length === 0) return selection;
  const matcherFor = async ({ paths, patterns }: RootedPatterns): Promise<(path: BytePath) => boolean> => {
    const matches = patterns.length === 0 ? () => false : await compile(patterns, 'orParent');
    return path => paths.some(given => isAtOrBelow(path, given)) || matches(path);
  };
  const included = rootedPatterns(include, 'glob', place);
  const isIncluded = include.length === 0 ? () => true : await matcherFor(included);
  const isExcluded = await matcherFor(rootedPatterns(exclude, 'glob', place));
  const { filter, paths } = selection;
  // A pattern of the kind 'rootfilesin' names no place, so everything is scanned.
  const isPlaced = include.length > 0 && included.bases.length === include.length;
  return {
    ...selection,
    paths: paths === undefined && filter === undefined && isPlaced ? included.bases : paths,
    filter: (path, isTracked) => isIncluded(path) && !isExcluded(path) && (filter?.(path, isTracked) ?? true),
  };
}

/** Arguments as paths and patterns from the root. */
interface RootedPatterns {
  readonly paths: BytePath[];
  /** Directories that hold everything the arguments can match: of a pattern, the part before its first wildcard. */
  readonly bases: BytePath[];
  readonly patterns: RootedPattern[];
}

function rootedPatterns(
  argumentsGiven: readonly string[],
  defaultKind: 'relpath' | 'glob',
  place: SelectionPlace,
): RootedPatterns {
  const paths: BytePath[] = [];
  const bases: BytePath[] = [];
  const patterns: RootedPattern[] = [];
  for (const argument of argumentsGiven) {
    const { kind, text } = splitKind(argument, defaultKind);
    if (isPathKind(kind) || kind === 'glob') {
      const path = fromRoot(place.vfs, place.root, kind === 'path' ? place.root : place.cwd, text);
      checkInside(path, kind === 'path' ? { ...place, checksDisk: false } : place);
      if (kind === 'glob' && path !== ROOT_PATH) patterns.push({ kind, pattern: path });
      else paths.push(path);
      bases.push(kind === 'glob' ? fixedPart(path) : path);
    } else if (kind === 'filepath') {
      const path = fromRoot(place.vfs, place.root, place.root, text);
      checkInside(path, { ...place, checksDisk: false });
      patterns.push({ kind, pattern: path });
      bases.push(path);
    } else {
      patterns.push({ kind, pattern: utf8Bytes(text) });
      if (kind === 'rootglob') bases.push(fixedPart(bytePath(utf8Bytes(text))));
      else if (kind !== 'rootfilesin') bases.push(ROOT_PATH);
    }
  }
  return { paths, bases, patterns };
}

/** True for the kinds that are just a path. */
export function isPathKind(kind: string): kind is PathKind {
  return PATH_KINDS.includes(kind);
}

function isPatternKind(kind: string): kind is PatternKind {
  return PATTERN_KINDS.includes(kind);
}

/** The components of a glob before the first that has a special character. */
function fixedPart(glob: BytePath): BytePath {
  const parts = nodePath.posix.normalize(glob).split('/');
  const special = parts.findIndex(part => part === '' || part === '.' || part === '..' || /[*?[\]{}\\]/.test(part));
  return bytePath((special < 0 ? parts : parts.slice(0, special)).join('/'));
}

/** Throws if a component on the way to `path` leads out of this working copy. */
function checkInside(path: BytePath, place: SelectionPlace): void {
  checkPath(place, path, {
    checksDisk: place.statCache !== undefined || place.checksDisk === true,
    mayBeRepository: directory => isSubrepository(directory, place),
  });
}

function isSubrepository(path: BytePath, { subrepositories, isSubrepository: isNested }: SelectionPlace): boolean {
  return subrepositories?.has(path) === true || (isInside(path, subrepositories) && isNested?.(path) === true);
}

/** Undefined if nothing is there, 'forbidden' if that may not be known. Throws what else `lstat` throws. */
function lookUp(vfs: Vfs, path: string): ReturnType<Vfs['lstat']> | 'forbidden' {
  try {
    return vfs.lstat(path);
  } catch (error) {
    if (error instanceof QuicksilverError && systemErrorCode(error.cause) === 'EACCES') return 'forbidden';
    throw error;
  }
}

/** Returns why a named path cannot be read, in the operating system's words; undefined if it can. */
function complaintAbout(path: BytePath, place: SelectionPlace): string | undefined {
  const { vfs, root, statCache } = place;
  if (statCache === undefined) return undefined;
  const stat = lookUp(vfs, vfsPath(root, path));
  if (stat !== undefined && stat !== 'forbidden') {
    if (stat.isFile() || stat.isSymbolicLink() || stat.isDirectory()) return undefined;
    const kind = stat.isFIFO()
      ? 'fifo'
      : stat.isSocket()
        ? 'socket'
        : stat.isCharacterDevice()
          ? 'character device'
          : stat.isBlockDevice()
            ? 'block device'
            : 'unknown';
    return `unsupported file type (type is ${kind})`;
  }
  const node = statCache.find(path);
  if (node !== NO_NODE && (statCache.kind(node) !== 'none' || statCache.childCount(node) > 0)) return undefined;
  if (stat === 'forbidden') return 'Permission denied';
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
    const above = vfs.lstat(vfsPath(root, bytePath(path.slice(0, slash))));
    if (above === undefined) break;
    if (!above.isDirectory()) return 'Not a directory';
  }
  return path === ROOT_PATH ? undefined : 'No such file or directory';
}
