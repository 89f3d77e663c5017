import * as path from 'node:path';
import { fromDisplay, isUtf8, ROOT_PATH, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError, errorMessage, systemErrorCode } from '../../base/errors.ts';
import type { OpenFile, Vfs } from '../../files/vfs.ts';
import { normalizePath } from './globPattern.ts';
import { StepBudget } from '../../regex/regexEngine.ts';
import { parseIgnoreFile, type IncludeLine, type PatternLine } from './ignoreFile.ts';
import { compilePatterns, type Pattern, type PatternMatcher, type ScopedMatcher } from './patternMatcher.ts';
import { PatternRoot } from './patternRoot.ts';

export interface IgnoreOptions {
  /** Absolute path of the working copy. */
  readonly root: string;
  /** Absolute paths: `.hgignore` first, then the configured ones. */
  readonly ignoreFiles: readonly string[];
}

/** The ignore rules of a working copy. Immutable: when one of the files changes, load them anew. */
export interface IgnoreRules {
  readonly matcher: PatternMatcher;
  /** Absolute paths of all files that were read or looked for, missing ones too: a change of any changes the rules. */
  readonly files: readonly string[];
  /** The warnings of `hg` in its own words, one line each. */
  readonly warnings: readonly string[];
}

/** Bytes in one ignore file. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * Bytes in all of them, and how many there may be: an include that is included twice at each of 30 levels is 2^30. A
 * megabyte of patterns takes a second to compile.
 */
const MAX_TOTAL_BYTES = 8 * 1024 * 1024;
const MAX_FILES = 1000;

/** Patterns in all of them: each takes memory, and time for each path. */
const MAX_PATTERNS = 100_000;

/**
 * Reads the ignore files with their includes, and compiles their patterns. A missing `.hgignore` is fine; any other
 * unreadable file causes a warning.
 *
 * Throws a QuicksilverError:
 * - 'invalid-config' where Mercurial aborts (an invalid pattern, a file that includes itself, a subinclude or a glob
 *   outside of the root);
 * - 'unsupported' for a pattern that cannot be matched in bounded time, and for files too large or too many to be safe.
 *
 * The error has the warnings that come before it.
 *
 * Mercurial reads a subincluded file only when it meets a path below its directory. We report a mistake in it at once.
 */
export function loadIgnoreRules(vfs: Vfs, options: IgnoreOptions): IgnoreRules {
  const loader = new Loader(vfs);
  try {
    const matcher = loader.load(options);
    return { matcher, files: [...loader.files], warnings: loader.warnings };
  } catch (error) {
    if (!(error instanceof QuicksilverError) || loader.warnings.length === 0) throw error;
    const { code, message, file, line, cause } = error;
    throw new QuicksilverError(code, message, { file, line, cause, warnings: loader.warnings });
  }
}

/** A file being read, and its name in messages. */
interface IgnoreFile {
  /** Absolute. */
  readonly path: string;
  /** As Mercurial names it in messages. */
  readonly name: string;
  /** False if Mercurial does not know its directory when it meets a subinclude in it, and fails. */
  readonly located: boolean;
}

/** Where patterns apply: the working copy, or the directory of a subincluded file. */
interface Scope {
  /** The directory that patterns and includes are relative to. */
  readonly root: PatternRoot;
  readonly patterns: Pattern[];
  /** Those that were read, to leave out what comes again. */
  readonly globs: Set<string>;
  readonly scoped: (ScopedMatcher & { readonly file: string })[];
  /** Mercurial gives no warnings about subincluded files. */
  readonly quiet: boolean;
}

class Loader {
  readonly files = new Set<string>();
  readonly warnings: string[] = [];
  readonly #vfs: Vfs;
  /** The files that are being read: one inside the other. */
  readonly #open = new Set<string>();
  #read = 0;
  #bytes = 0;
  #patterns = 0;
  readonly #budget = new StepBudget();

  constructor(vfs: Vfs) {
    this.#vfs = vfs;
  }

  load({ root, ignoreFiles }: IgnoreOptions): PatternMatcher {
    const scope: Scope = {
      root: new PatternRoot(this.#vfs, root),
      patterns: [],
      globs: new Set(),
      scoped: [],
      quiet: false,
    };
    const own = path.join(root, '.hgignore');
    for (const file of ignoreFiles) {
      const missingIsFine = path.normalize(file) === own;
      this.#readFile({ path: file, name: file, located: true }, scope, missingIsFine);
    }
    return compilePatterns(scope.patterns, 'orParent', {
      scoped: scope.scoped,
      rootDecides: true,
      budget: this.#budget,
    });
  }

  #readFile(file: IgnoreFile, scope: Scope, missingIsFine = false): void {
    const content = this.#content(file, scope, missingIsFine);
    if (content === undefined) return;
    const key = `${scope.root.path}\0${file.path}`;
    if (this.#open.has(key)) {
      throw new QuicksilverError('invalid-config', `${file.path}: includes itself`, { file: file.path });
    }
    this.#open.add(key);
    for (const line of parseIgnoreFile(content)) {
      if (line.type !== 'badSyntax') continue;
      this.#warn(scope, `${file.path}: ignoring invalid syntax '${toDisplay(line.syntax)}'`);
    }
    const before = { patterns: scope.patterns.length, scoped: scope.scoped.length };
    try {
      this.#takeLines(content, file, scope);
    } catch (error) {
      if (!(error instanceof UnreadablePathError)) throw error;
      // Then Mercurial leaves out all of the file, with the files that it includes.
      scope.patterns.length = before.patterns;
      scope.scoped.length = before.scoped;
      scope.globs.clear();
      for (const pattern of scope.patterns) scope.globs.add(keyOf(pattern));
      this.#warn(scope, unreadable(file, error));
    }
    this.#open.delete(key);
  }

  #takeLines(content: string, file: IgnoreFile, scope: Scope): void {
    for (const line of parseIgnoreFile(content)) {
      switch (line.type) {
        case 'pattern': {
          const pattern = checkedPattern(line, file, scope);
          // Globs have no groups that another pattern could refer to, so that one too many changes nothing.
          if (line.kind !== 'relre' && scope.globs.has(keyOf(pattern))) break;
          scope.globs.add(keyOf(pattern));
          if (++this.#patterns > MAX_PATTERNS) throw tooMany(file, line.line);
          scope.patterns.push(pattern);
          break;
        }
        case 'badSyntax':
          break;
        case 'include':
          this.#include(line, file, scope);
          break;
        case 'subinclude':
          this.#subinclude(line, file, scope);
          break;
      }
    }
  }

  #include(line: IncludeLine, file: IgnoreFile, scope: Scope): void {
    const name = fileName(line, file);
    const located = path.isAbsolute(name);
    this.#readFile({ path: located ? name : `${scope.root.path}/${name}`, name, located }, scope);
  }

  #subinclude(line: IncludeLine, file: IgnoreFile, scope: Scope): void {
    const name = fileName(line, file);
    if (!file.located) {
      const message = `${file.path}:${line.line}: Mercurial fails at a subinclude in a file that is itself included`;
      throw new QuicksilverError('unsupported', message, { file: file.path, line: line.line });
    }
    const included = path.isAbsolute(name) ? name : `${path.dirname(file.path)}/${name}`;
    const directory = path.resolve(included.endsWith('/') ? included : path.dirname(included));
    const below = placed(file.path, line.line, () =>
      scope.root.canonical(fromDisplay(directory.split(path.sep).join('/'))),
    );
    const prefix = below === ROOT_PATH ? '' : `${below}/`;
    // A second subinclude of a file for the same directory changes nothing.
    if (scope.scoped.some(known => known.file === included)) return;
    const root = new PatternRoot(this.#vfs, directory);
    const inner: Scope = { root, patterns: [], globs: new Set(), scoped: [], quiet: true };
    this.#readFile({ path: included, name: included, located: true }, inner);
    const matcher = compilePatterns(inner.patterns, 'orParent', { scoped: inner.scoped, budget: this.#budget });
    scope.scoped.push({ prefix, matcher, file: included });
  }

  /** The file as a byte string; undefined, with a warning, if there is nothing to read. */
  #content(file: IgnoreFile, scope: Scope, missingIsFine: boolean): string | undefined {
    this.files.add(path.normalize(file.path));
    // A common way to name no file, and a device, which could not be read safely.
    if (file.path === '/dev/null') return undefined;
    let open: OpenFile | undefined;
    let problem = 'No such file or directory';
    if (this.#vfs.isDirectory(file.path)) {
      problem = 'Is a directory';
    } else {
      try {
        open = this.#vfs.open(file.path);
        if (open === undefined && this.#vfs.isLoop(file.path)) {
          problem = 'Too many levels of symbolic links';
          if (missingIsFine)
            throw new QuicksilverError('invalid-config', `${problem}: '${file.path}'`, { file: file.path });
        }
        if (open === undefined && missingIsFine) return undefined;
      } catch (error) {
        if (error instanceof QuicksilverError && error.code === 'invalid-config') throw error;
        problem = reasonOf(error);
      }
    }
    if (open === undefined) {
      this.#warn(scope, unreadable(file, problem));
      return undefined;
    }
    try {
      this.#count(open.size, file);
      return open.read(0, open.size).toString('latin1');
    } finally {
      open.close();
    }
  }

  #count(size: number, { path: file }: IgnoreFile): void {
    this.#bytes += size;
    if (size > MAX_FILE_BYTES || this.#bytes > MAX_TOTAL_BYTES || ++this.#read > MAX_FILES) {
      const what = size > MAX_FILE_BYTES ? `${size} bytes are too large for an ignore file` : 'too many ignore files';
      throw new QuicksilverError('unsupported', `${file}: ${what}`, { file });
    }
  }

  #warn(scope: Scope, warning: string): void {
    if (!scope.quiet) this.warnings.push(warning);
  }
}

function tooMany({ path: file }: IgnoreFile, line: number): QuicksilverError {
  const message = `${file}:${line}: more than ${MAX_PATTERNS} patterns are not supported`;
  return new QuicksilverError('unsupported', message, { file, line });
}

/** Two slashes and a name without wildcards: Mercurial stumbles over the empty name between the slashes. */
const FATAL_ROOT = /^\/\/[^/[{*?]*(?:\/|$)/;

/** The operating system does not let us read about a directory that a pattern names. */
class UnreadablePathError extends Error {}

/**
 * The pattern of a line of the ignore file `file`, below `root`. Throws 'invalid-config' for one at which Mercurial
 * would fail, and 'io' where it would leave out the file.
 */
export function patternOf({ kind, pattern, line, text }: PatternLine, file: string, root: PatternRoot): Pattern {
  if (kind === 'glob') {
    return { kind, pattern: placed(file, line, () => root.canonical(pattern)), rule: { file, line, text, kind } };
  }
  if (kind === 'rootglob' && FATAL_ROOT.test(normalizePath(pattern))) {
    const message = `${file}:${line}: invalid pattern (rootglob): ${toDisplay(pattern)}: it begins with two slashes`;
    throw new QuicksilverError('invalid-config', message, { file, line });
  }
  return { kind, pattern, rule: { file, line, text, kind } };
}

function checkedPattern(line: PatternLine, file: IgnoreFile, scope: Scope): Pattern {
  try {
    return patternOf(line, file.path, scope.root);
  } catch (error) {
    if (!(error instanceof QuicksilverError) || error.code !== 'io') throw error;
    throw new UnreadablePathError(error.message, { cause: error.cause });
  }
}

/** Runs `resolve`, whose 'invalid-config' errors then have the place. */
function placed(file: string, line: number, resolve: () => BytePath): BytePath {
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof QuicksilverError) || error.code !== 'invalid-config') throw error;
    throw new QuicksilverError('invalid-config', `${file}:${line}: ${error.message}`, { file, line, cause: error });
  }
}

function keyOf({ kind, pattern }: Pattern): string {
  return `${kind}:${pattern}`;
}

function unreadable({ name }: IgnoreFile, problem: string | Error): string {
  const reason = typeof problem === 'string' ? problem : reasonOf(problem);
  return `skipping unreadable pattern file '${name}': ${reason}`;
}

/** The path on an include line as an ordinary string. */
function fileName(line: IncludeLine, file: IgnoreFile): string {
  const place = { file: file.path, line: line.line };
  if (line.path.includes('\0')) {
    throw new QuicksilverError('invalid-config', `${file.path}:${line.line}: embedded null byte in a file name`, place);
  }
  if (!isUtf8(line.path as BytePath)) {
    const message = `${file.path}:${line.line}: the name of the included file is not UTF-8`;
    throw new QuicksilverError('unsupported', message, place);
  }
  return toDisplay(line.path);
}

const REASONS = new Map([
  ['EACCES', 'Permission denied'],
  ['EPERM', 'Operation not permitted'],
  ['ENAMETOOLONG', 'File name too long'],
  ['ENXIO', 'No such device or address'],
]);

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const known = REASONS.get(systemErrorCode(cause) ?? '');
  if (known !== undefined) return known;
  if (error instanceof QuicksilverError && error.message.endsWith('not a regular file')) return 'Not a regular file';
  return errorMessage(cause ?? error);
}
