// Which paths are ignored: .gitignore files of the directories, info/exclude, core.excludesFile.
import {
  baseName,
  isAtOrBelow,
  joinPath,
  parentPath,
  toDisplay,
  toFsPath,
  type BytePath,
} from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { FsPath, Vfs } from '../../files/vfs.ts';
import { lastMatch, parseIgnoreFile, type PathPattern } from './ignorePattern.ts';

export const IGNORE_FILE = '.gitignore';
/** More than any rule file has. */
export const MAX_RULE_BYTES = 4 * 1024 * 1024;
/** Bytes and patterns of all rule files: each name is compared with the patterns of all that are above it. */
const MAX_TOTAL_BYTES = 32 * 1024 * 1024;
const MAX_PATTERNS = 200_000;

/** Counts what rule files hold, and throws an 'unsupported' error when it is too much. */
export class RuleLimits {
  #bytes = 0;
  #patterns = 0;

  add(bytes: number, patterns: number): void {
    this.#bytes += bytes;
    this.#patterns += patterns;
    if (this.#bytes > MAX_TOTAL_BYTES || this.#patterns > MAX_PATTERNS) {
      throw new QuicksilverError(
        'unsupported',
        `the rule files have more than ${MAX_PATTERNS} patterns, or too many bytes`,
      );
    }
  }
}

export interface IgnorePlaces {
  readonly root: string;
  /** Absolute paths of files that hold for all directories, the ones that decide first first. */
  readonly files: readonly string[];
  /** core.ignoreCase. */
  readonly fold: boolean;
  /** Reads a rule file that is not checked out (sparse checkout); undefined if it is not recorded so. */
  readonly recorded: (path: BytePath) => Buffer | undefined;
}

/** The rule that decides about a path. */
export interface IgnoreRule {
  /** The file the rule is in, for people. */
  readonly file: string;
  readonly pattern: PathPattern;
}

interface RuleFile {
  readonly file: string;
  readonly patterns: readonly PathPattern[];
}

const NO_PATTERNS: readonly PathPattern[] = [];

/** The rule file of one directory, as it was read. */
interface OwnRules {
  /** Undefined if there is none. */
  readonly text: string | undefined;
  readonly patterns: readonly PathPattern[];
}

/** Reads rule files when they are first needed, and keeps them. A rule file that changes makes another instance. */
export class GitIgnore {
  readonly isEmpty = false;
  readonly #vfs: Vfs;
  readonly #places: IgnorePlaces;
  /** By directory. */
  readonly #own: Map<BytePath, OwnRules>;
  readonly #limits = new RuleLimits();
  #common: readonly RuleFile[] | undefined;

  private constructor(vfs: Vfs, places: IgnorePlaces, own: Map<BytePath, OwnRules>) {
    this.#vfs = vfs;
    this.#places = places;
    this.#own = own;
  }

  static read(vfs: Vfs, places: IgnorePlaces): GitIgnore {
    return new GitIgnore(vfs, places, new Map());
  }

  /** True if what happened at this path may have changed a rule file that was looked for. */
  dependsOn(path: BytePath): boolean {
    return this.#own.has(baseName(path) === IGNORE_FILE ? parentPath(path) : path);
  }

  /**
   * Looks again at the rule files at and below paths. Returns the rules as they are now, this object if they are the
   * same.
   * @param paths 'everything' for all
   */
  refreshed(paths: Iterable<BytePath> | 'everything'): GitIgnore {
    const directories = paths === 'everything' ? [...this.#own.keys()] : this.#directoriesAt(paths);
    const changed = directories.filter(directory => this.#readOwn(directory) !== this.#own.get(directory)!.text);
    if (changed.length === 0) return this;
    const own = new Map(this.#own);
    for (const directory of changed) own.delete(directory);
    const result = new GitIgnore(this.#vfs, this.#places, own);
    // The common files are read again: they are few, and count for the limits of this instance.
    for (const { text, patterns } of own.values()) result.#limits.add(text?.length ?? 0, patterns.length);
    return result;
  }

  #directoriesAt(paths: Iterable<BytePath>): BytePath[] {
    const found = new Set<BytePath>();
    for (const path of paths) {
      if (baseName(path) === IGNORE_FILE && this.#own.has(parentPath(path))) found.add(parentPath(path));
      if (!this.#own.has(path)) continue;
      for (const directory of this.#own.keys()) if (isAtOrBelow(directory, path)) found.add(directory);
    }
    return [...found];
  }

  /**
   * True if rules ignore the path itself. The file of its directory decides first, then that of each directory above,
   * then the common files; in a file, the last match. The caller checks whether a directory above is ignored.
   */
  matches(path: BytePath, isDirectory: boolean): boolean {
    return this.rule(path, isDirectory)?.pattern.isNegated === false;
  }

  /** The rule that decides about a path, negated or not; undefined if none matches. */
  rule(path: BytePath, isDirectory: boolean): IgnoreRule | undefined {
    const name = baseName(path);
    for (let directory = parentPath(path); ; directory = parentPath(directory)) {
      const patterns = this.#ownPatterns(directory);
      if (patterns.length > 0) {
        const below = directory === '' ? path : path.slice(directory.length + 1);
        const pattern = lastMatch(patterns, below, name, isDirectory);
        if (pattern !== undefined) return { file: toDisplay(joinPath(directory, IGNORE_FILE)), pattern };
      }
      if (directory === '') break;
    }
    this.#common ??= this.#places.files.map(file => ({
      file,
      patterns: this.#parse(this.#readCommon(file)?.toString('latin1')),
    }));
    for (const { file, patterns } of this.#common) {
      const pattern = lastMatch(patterns, path, name, isDirectory);
      if (pattern !== undefined) return { file, pattern };
    }
    return undefined;
  }

  #ownPatterns(directory: BytePath): readonly PathPattern[] {
    const known = this.#own.get(directory);
    if (known !== undefined) return known.patterns;
    const text = this.#readOwn(directory);
    const patterns = this.#parse(text);
    this.#own.set(directory, { text, patterns });
    return patterns;
  }

  #readOwn(directory: BytePath): string | undefined {
    const path = joinPath(directory, IGNORE_FILE);
    return (readRuleFile(this.#vfs, this.#places.root, path) ?? this.#places.recorded(path))?.toString('latin1');
  }

  #parse(text: string | undefined): readonly PathPattern[] {
    if (text === undefined) return NO_PATTERNS;
    const patterns = parseIgnoreFile(text, this.#places.fold);
    this.#limits.add(text.length, patterns.length);
    return patterns;
  }

  #readCommon(file: string): Buffer | undefined {
    return this.#vfs.isDirectory(file) ? undefined : this.#vfs.read(file, MAX_RULE_BYTES)?.bytes;
  }
}

/** Reads a rule file among the working files; one that is a symbolic link, or no regular file, is not read. */
export function readRuleFile(vfs: Vfs, root: string, path: BytePath): Buffer | undefined {
  const place: FsPath = toFsPath(root, path);
  if (vfs.lstat(place)?.isFile() !== true) return undefined;
  return vfs.read(place, MAX_RULE_BYTES)?.bytes;
}
