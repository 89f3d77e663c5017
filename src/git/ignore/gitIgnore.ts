// Which paths are ignored: .gitignore files of the directories, info/exclude, core.excludesFile.
import { baseName, joinPath, parentPath, toDisplay, toFsPath, type BytePath } from '../../base/bytePath.ts';
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

/** Reads rule files when they are first needed, and keeps them. */
export class GitIgnore {
  readonly isEmpty = false;
  readonly #vfs: Vfs;
  readonly #places: IgnorePlaces;
  /** By directory. */
  readonly #own = new Map<BytePath, readonly PathPattern[]>();
  readonly #limits = new RuleLimits();
  #common: readonly RuleFile[] | undefined;

  constructor(vfs: Vfs, places: IgnorePlaces) {
    this.#vfs = vfs;
    this.#places = places;
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
    this.#common ??= this.#places.files.map(file => ({ file, patterns: this.#parse(this.#readCommon(file)) }));
    for (const { file, patterns } of this.#common) {
      const pattern = lastMatch(patterns, path, name, isDirectory);
      if (pattern !== undefined) return { file, pattern };
    }
    return undefined;
  }

  /** The directories whose rule file was looked for. */
  get directories(): Iterable<BytePath> {
    return this.#own.keys();
  }

  #ownPatterns(directory: BytePath): readonly PathPattern[] {
    const known = this.#own.get(directory);
    if (known !== undefined) return known;
    const path = joinPath(directory, IGNORE_FILE);
    const patterns = this.#parse(readRuleFile(this.#vfs, this.#places.root, path) ?? this.#places.recorded(path));
    this.#own.set(directory, patterns);
    return patterns;
  }

  #parse(bytes: Buffer | undefined): readonly PathPattern[] {
    if (bytes === undefined) return NO_PATTERNS;
    const patterns = parseIgnoreFile(bytes.toString('latin1'), this.#places.fold);
    this.#limits.add(bytes.length, patterns.length);
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
