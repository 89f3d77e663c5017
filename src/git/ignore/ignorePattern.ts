// Lines of .gitignore and .gitattributes: patterns and when they match.
import { QuicksilverError } from '../../base/errors.ts';
import { compileWildcards, matchesWildcards, type Wildcards } from '../wildmatch.ts';

export interface PathPattern {
  /** The last match decides; a negated one means that the path is not ignored. */
  readonly isNegated: boolean;
  /** It matches directories only. */
  readonly isForDirectories: boolean;
  /** The line as written, and its number. */
  readonly text: string;
  readonly line: number;
  /**
   * True if the pattern matches.
   * @param path from the directory of the file that the pattern is in, or from the root
   * @param name the last component of it
   */
  matches(path: string, name: string): boolean;
}

const WILD = /[*?[\\]/;
const WILDCARD = /[*?[]/;
/** Longer than any path: what is left of a longer pattern is repetition. */
const MAX_PATTERN = 0x4000;

/**
 * Compiles a pattern without its `!`. One slash at the end means directories only. A pattern without another slash is
 * matched with the base name. One with a slash is matched with the whole path, without a slash at its beginning.
 * Throws an 'unsupported' error for one of more than 16,384 bytes.
 * @param fold ignore the case of ASCII letters
 */
export function compilePattern(
  source: string,
  isNegated: boolean,
  fold: boolean,
  text: string,
  line: number,
): PathPattern {
  if (source.length > MAX_PATTERN) throw new QuicksilverError('unsupported', `line ${line}: the pattern is too long`);
  const isForDirectories = source.endsWith('/');
  const pattern = isForDirectories ? source.slice(0, -1) : source;
  const matches = pattern.includes('/') ? pathMatcher(pattern, fold) : nameMatcher(pattern, fold);
  return { isNegated, isForDirectories, text, line, matches };
}

function nameMatcher(pattern: string, fold: boolean): PathPattern['matches'] {
  const own = fold ? lower(pattern) : pattern;
  const of = fold ? lower : (name: string) => name;
  const literal = literalOf(own);
  if (literal !== undefined) return (_, name) => of(name) === literal;
  const suffix = own.slice(1);
  if (own.startsWith('*') && !WILD.test(suffix)) return (_, name) => of(name).endsWith(suffix);
  const compiled = once(() => compileWildcards(pattern, fold));
  return (_, name) => matchesWildcards(compiled(), name);
}

function pathMatcher(pattern: string, fold: boolean): PathPattern['matches'] {
  const whole = pattern.startsWith('/') ? pattern.slice(1) : pattern;
  const of = fold ? lower : (path: string) => path;
  const literal = literalOf(of(whole));
  if (literal !== undefined) return path => of(path) === literal;
  const wild = whole.search(WILD);
  const prefix = of(whole.slice(0, wild));
  // The literal beginning is compared apart, so that `**` after it stands at the beginning of the rest.
  const compiled = once(() => compileWildcards(whole.slice(wild), fold));
  return path => of(path).startsWith(prefix) && matchesWildcards(compiled(), path, prefix.length);
}

/** Returns the only text that a pattern matches. Undefined for a pattern with wildcards or an escape of nothing. */
function literalOf(pattern: string): string | undefined {
  if (WILDCARD.test(pattern)) return undefined;
  if (!pattern.includes('\\')) return pattern;
  let end = pattern.length;
  while (pattern[end - 1] === '\\') end--;
  return (pattern.length - end) % 2 === 1 ? undefined : pattern.replace(/\\([^])/g, '$1');
}

/** Compiles a pattern when it is first matched: many never are. */
function once(compile: () => Wildcards): () => Wildcards {
  let made: { readonly pattern: Wildcards } | undefined;
  return () => (made ??= { pattern: compile() }).pattern;
}

function lower(text: string): string {
  return text.replace(/[A-Z]+/g, letters => letters.toLowerCase());
}

const BOM = '\xef\xbb\xbf';

/** Parses an ignore file, given as a byte string. */
export function parseIgnoreFile(text: string, fold: boolean): PathPattern[] {
  const patterns: PathPattern[] = [];
  const lines = (text.startsWith(BOM) ? text.slice(BOM.length) : text).split('\n');
  lines.forEach((line, i) => {
    const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (whole === '' || whole.startsWith('#')) return;
    const trimmed = withoutTrailingBlanks(whole);
    const isNegated = trimmed.startsWith('!');
    const source = isNegated ? trimmed.slice(1) : trimmed;
    if (source !== '') patterns.push(compilePattern(source, isNegated, fold, whole, i + 1));
  });
  return patterns;
}

/** Cuts blanks at the end, except one after a backslash. */
function withoutTrailingBlanks(line: string): string {
  if (!line.endsWith(' ')) return line;
  let end = -1;
  for (let i = 0; i < line.length; i++) {
    if (line[i] === ' ') {
      if (end < 0) end = i;
      continue;
    }
    if (line[i] === '\\') {
      i++;
      if (i >= line.length) return line;
    }
    end = -1;
  }
  return end < 0 ? line : line.slice(0, end);
}

/** Returns the last pattern that matches; undefined if none does. */
export function lastMatch(
  patterns: readonly PathPattern[],
  path: string,
  name: string,
  isDirectory: boolean,
): PathPattern | undefined {
  for (let i = patterns.length - 1; i >= 0; i--) {
    const pattern = patterns[i]!;
    if ((isDirectory || !pattern.isForDirectories) && pattern.matches(path, name)) return pattern;
  }
  return undefined;
}
