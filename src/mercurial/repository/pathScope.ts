// The part of a repository that a sparse checkout or a narrow clone has: lists of patterns in a small file format.
import { bytePath, parentPath, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { WHITE_SPACE, withoutTrailing } from '../../base/lines.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { compilePatterns, type Pattern } from '../ignore/patternMatcher.ts';
import type { PatternKind } from '../ignore/patternRegex.ts';
import type { PatternRoot } from '../ignore/patternRoot.ts';

/** Decides which paths belong to a working copy. Nothing else has a status. */
export interface PathScope {
  /** @param isNamed true if the user named exactly this path: a sparse checkout then shows it, too */
  matches(path: BytePath, isNamed?: boolean): boolean;
}

/** The content of a sparse configuration, a profile or a narrow specification. Byte strings. */
export interface ScopeConfig {
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
  /** Names of profiles, which are files in a revision. */
  readonly profiles: readonly string[];
}

/** More than any file for people has, and too few to fill the memory. */
const MAX_LINES = 100_000;
const MAX_LINE_BYTES = 1 << 16;

/** Kinds that Mercurial knows; other words before a colon belong to the pattern. */
const KINDS: ReadonlySet<string> = new Set<PatternKind>([
  're',
  'relre',
  'glob',
  'relglob',
  'rootglob',
  'path',
  'relpath',
  'filepath',
  'rootfilesin',
]);
const OTHER_KINDS: ReadonlySet<string> = new Set(['set', 'listfile', 'listfile0', 'include', 'subinclude']);

/**
 * Parses the format: the sections `[include]` and `[exclude]`, `%include PROFILE`, and comments. Skips lines that begin
 * with a slash. Verified with hg 6.3.2. Throws 'invalid-config' where Mercurial aborts: for a line outside of the
 * sections, and for includes after excludes. Throws 'unsupported' for a file too large to be safe.
 * @param text a byte string
 * @param file names it in errors
 */
export function parseScopeConfig(text: string, file: string): ScopeConfig {
  const includes = new Set<string>();
  const excludes = new Set<string>();
  const profiles = new Set<string>();
  let current: Set<string> | undefined;
  let hasSection = false;
  const lines = text.split('\n');
  if (lines.length > MAX_LINES) throw new QuicksilverError('unsupported', `${file}: too many lines`, { file });
  for (const [i, raw] of lines.entries()) {
    if (raw.length > MAX_LINE_BYTES) throw new QuicksilverError('unsupported', `${file}: a line is too long`, { file });
    const line = stripped(raw);
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('%include ')) {
      const profile = stripped(line.slice('%include '.length));
      if (profile !== '') profiles.add(profile);
    } else if (line === '[include]') {
      // Mercurial compares what the sets hold.
      if (hasSection && current !== includes && !sameSet(includes, excludes)) {
        throw invalid(file, i, 'config cannot have includes after excludes');
      }
      hasSection = true;
      current = includes;
    } else if (line === '[exclude]') {
      hasSection = true;
      current = excludes;
    } else if (current === undefined) {
      throw invalid(file, i, `config entry outside of section: ${toDisplay(bytePath(line))}`);
    } else if (!line.startsWith('/')) {
      current.add(line);
    }
  }
  return { includes: [...includes], excludes: [...excludes], profiles: [...profiles] };
}

/**
 * Compiles lists of patterns, whose default is a glob from the root. Each matches a path and everything below it.
 * Without includes everything is included. Throws 'invalid-config' for a pattern at which Mercurial aborts, and
 * 'unsupported' for one that cannot be decided here.
 */
export function compileScope(
  { includes, excludes }: Pick<ScopeConfig, 'includes' | 'excludes'>,
  root: PatternRoot,
): PathScope {
  const isIncluded = includes.length === 0 ? undefined : anyOf(includes, root);
  const isExcluded = excludes.length === 0 ? undefined : anyOf(excludes, root);
  return {
    matches: path => (isIncluded?.(path) ?? true) && !(isExcluded?.(path) ?? false),
  };
}

/** Returns a scope of these paths, as they are written, and everything below them. A dot stands for everything. */
export function scopeOfNames(names: ReadonlySet<string>): PathScope {
  return { matches: path => names.has('.') || isAtOrBelowOne(path, names) };
}

/** True if both hold the same patterns. */
export function sameScope(a: ScopeConfig, b: ScopeConfig): boolean {
  return (
    sameSet(new Set(a.includes), new Set(b.includes)) &&
    sameSet(new Set(a.excludes), new Set(b.excludes)) &&
    sameSet(new Set(a.profiles), new Set(b.profiles))
  );
}

/** Returns a scope of the paths that the user named, or that are in at least one of several. */
export function unionOf(scopes: readonly PathScope[]): PathScope {
  return { matches: (path, isNamed) => isNamed === true || scopes.some(scope => scope.matches(path)) };
}

/** Returns a scope of the paths that are in both. */
export function intersectionOf(a: PathScope, b: PathScope): PathScope {
  return { matches: (path, isNamed) => a.matches(path, isNamed) && b.matches(path, isNamed) };
}

function anyOf(given: readonly string[], root: PatternRoot): (path: BytePath) => boolean {
  // Most patterns are plain paths, and there may be thousands of them.
  const paths = new Set<string>();
  const others: Pattern[] = [];
  for (const text of given) {
    const pattern = patternOfText(text, root);
    const plain = plainPath(pattern);
    if (plain === undefined) others.push(pattern);
    else paths.add(plain);
  }
  const matcher = others.length === 0 ? undefined : compilePatterns(others, 'orParent');
  return path => isAtOrBelowOne(path, paths) || (matcher?.matches(path) ?? false);
}

/**
 * Splits 'kind:pattern'. A text without a known kind is a glob. Throws 'unsupported' for other kinds, and for a glob
 * what {@link PatternRoot.canonical} throws.
 */
export function patternOfText(text: string, root: PatternRoot): Pattern {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? '' : text.slice(0, colon);
  if (OTHER_KINDS.has(kind)) {
    const shown = toDisplay(bytePath(text));
    throw new QuicksilverError('unsupported', `The pattern '${shown}' is of a kind that is not supported.`);
  }
  const pattern = text.slice(colon + 1);
  if (kind === 'glob') return { kind, pattern: root.canonical(pattern) };
  return KINDS.has(kind) ? { kind: kind as PatternKind, pattern } : { kind: 'glob', pattern: root.canonical(text) };
}

/** Returns the path that a pattern is, if it has no special character and needs no normalization. */
function plainPath({ kind, pattern }: Pattern): string | undefined {
  if (kind === 'glob' ? /[*?[\]{}\\]/.test(pattern) : kind !== 'path') return undefined;
  const path = pattern.endsWith('/') ? pattern.slice(0, -1) : pattern;
  const parts = path.split('/');
  return parts.every(part => part !== '' && part !== '.' && part !== '..') ? path : undefined;
}

function isAtOrBelowOne(path: BytePath, paths: ReadonlySet<string>): boolean {
  if (paths.size === 0) return false;
  for (let at = path; at !== ''; at = parentPath(at)) if (paths.has(at)) return true;
  return false;
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every(each => b.has(each));
}

/** Without white space at the ends, as Python's bytes have it. */
function stripped(line: string): string {
  // Without a pattern for the end, which would take time in proportion to the square of inner white space.
  return withoutTrailing(line, WHITE_SPACE).replace(/^[ \t\n\r\v\f]+/, '');
}

function invalid(file: string, index: number, what: string): QuicksilverError {
  return new QuicksilverError('invalid-config', `${file}:${index + 1}: ${what}`, { file, line: index + 1 });
}
