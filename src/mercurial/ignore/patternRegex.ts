import { escapeRegex, globToRegex, normalizePath } from './globPattern.ts';

/**
 * - re: matches at the start of the path; relre: anywhere in it, unless it begins with '^';
 * - glob, rootglob: from the root; relglob: from the start of any name;
 * - path, relpath: the path or anything below it; filepath: exactly the path, since Mercurial 7.2;
 * - rootfilesin: the files directly in a directory.
 *
 * Patterns are relative to the root: what is relative to another directory on a command line is for the caller to join.
 */
export type PatternKind =
  're' | 'relre' | 'glob' | 'relglob' | 'rootglob' | 'path' | 'relpath' | 'filepath' | 'rootfilesin';

/**
 * The part of a path that a glob must match:
 * - 'whole': the whole path (command lines);
 * - 'orParent': the path or a directory above it (ignore files, -I, -X).
 */
export type GlobReach = 'whole' | 'orParent';

const OR_BELOW = '(?:/|$)';

/** Flags that hold for a whole pattern. */
const LEADING_FLAGS = /^\(\?([aiLmsux]+)\)([^]*)$/;

/** The Python regular expression that Mercurial makes of a pattern; it is matched at the start of a path. */
export function patternToRegex(kind: PatternKind, pattern: string, reach: GlobReach): string {
  const suffix = reach === 'whole' ? '$' : OR_BELOW;
  switch (kind) {
    case 're':
      return pattern;
    case 'relre':
      return relativeRegex(pattern);
    case 'glob':
      // The root itself, with everything in it.
      return pattern === '' ? '' : globToRegex(normalizePath(pattern)) + suffix;
    case 'rootglob':
      return globToRegex(normalizePath(pattern)) + suffix;
    case 'relglob': {
      const glob = globToRegex(normalizePath(pattern));
      return (glob.startsWith('[^/]*') ? `.*${glob.slice('[^/]*'.length)}` : `(?:|.*/)${glob}`) + suffix;
    }
    case 'path':
    case 'relpath': {
      const path = normalizePath(pattern);
      return path === '.' ? '' : escapeRegex(path) + OR_BELOW;
    }
    case 'filepath':
      return `${escapeRegex(normalizePath(pattern))}$`;
    case 'rootfilesin': {
      const directory = normalizePath(pattern);
      return `${directory === '.' ? '' : `${escapeRegex(directory)}/`}[^/]+$`;
    }
  }
}

/** Flags in front of a pattern hold for it alone, although it becomes part of a larger expression. */
function relativeRegex(pattern: string): string {
  const flagged = LEADING_FLAGS.exec(pattern);
  if (flagged === null) return pattern.startsWith('^') ? pattern : `.*${pattern}`;
  const [, flags = '', rest = ''] = flagged;
  return `(?${flags}:${rest.startsWith('^') ? rest : `.*${rest}`})`;
}
