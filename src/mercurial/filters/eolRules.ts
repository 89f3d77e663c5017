// The rules of `.hgeol`, of Mercurial's extension eol: which files are converted, and how.
import { bytePath, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { parseHgrc } from '../config/hgrcParser.ts';
import { compileScope, patternOfText, type PathScope } from '../repository/pathScope.ts';
import { compilePatterns } from '../ignore/patternMatcher.ts';
import type { PatternRoot } from '../ignore/patternRoot.ts';

/** A pattern and its style, as Mercurial has it: in capitals. */
interface Rule {
  readonly pattern: string;
  readonly style: string;
  readonly matches: (path: BytePath) => boolean;
}

/** The line ends of a file in the history; BIN keeps them. */
export type EolStyle = 'LF' | 'CRLF' | 'BIN';

const STYLES: ReadonlySet<string> = new Set(['NATIVE', 'LF', 'CRLF', 'BIN']);
const OWN_FILES = '.hg*';
const MAX_RULES = 10_000;

export class EolRules {
  /** Values of the section `[eol]`, which win over the configuration. Byte strings. */
  readonly settings: ReadonlyMap<string, string>;
  readonly #rules: readonly Rule[];
  readonly #converted: PathScope;
  readonly #native: 'LF' | 'CRLF';

  private constructor(
    rules: ReadonlyMap<string, string>,
    settings: ReadonlyMap<string, string>,
    native: 'LF' | 'CRLF',
    root: PatternRoot,
  ) {
    this.settings = settings;
    this.#native = native;
    this.#rules = [...rules].map(([pattern, style]) => {
      const matcher = compilePatterns([patternOfText(pattern, root)], 'whole');
      return { pattern, style: upper(style), matches: path => matcher.matches(path) };
    });
    const withStyle = (isBinary: boolean): string[] =>
      this.#rules.filter(({ style }) => (style === 'BIN') === isBinary).map(({ pattern }) => pattern);
    this.#converted = compileScope({ includes: withStyle(false), excludes: withStyle(true) }, root);
  }

  /**
   * Parses the file, given as a byte string. Undefined if it cannot be parsed: Mercurial then warns, and converts
   * nothing. Throws 'invalid-config' for a pattern at which Mercurial aborts, 'unsupported' for one that cannot be
   * decided here.
   */
  static parse(text: string, root: PatternRoot): EolRules | undefined {
    const rules = new Map([[OWN_FILES, 'BIN']]);
    const settings = new Map<string, string>();
    let native: 'LF' | 'CRLF' = 'LF';
    let section = '';
    for (const statement of parseHgrc(text)) {
      if (statement.type === 'error' || statement.type === 'include') return undefined;
      if (statement.type === 'section') section = statement.name;
      const target = section === 'patterns' ? rules : section === 'eol' ? settings : undefined;
      if (statement.type === 'unset') target?.delete(statement.name);
      if (statement.type !== 'item') continue;
      // A value that is set once more moves to the end.
      target?.delete(statement.name);
      target?.set(statement.name, statement.value);
      if (section === 'repository' && statement.name === 'native') native = statement.value === 'CRLF' ? 'CRLF' : 'LF';
    }
    if (rules.size > MAX_RULES) throw new QuicksilverError('unsupported', '.hgeol: too many patterns');
    return new EolRules(rules, settings, native, root);
  }

  /** The patterns that replace equal ones of the configuration. */
  get patterns(): string[] {
    return this.#rules.filter(({ style }) => STYLES.has(style)).map(({ pattern }) => pattern);
  }

  /** The filters from working files to the history: of a path, the first that matches decides. */
  *filters(): Generator<{ readonly matches: (path: BytePath) => boolean; readonly style: EolStyle }> {
    for (const { style, matches } of this.#rules) {
      if (style === 'NATIVE') yield { matches, style: this.#native };
      else if (style === 'LF' || style === 'CRLF' || style === 'BIN') yield { matches, style };
    }
  }

  /** Sentences about styles that Mercurial does not know. */
  get warnings(): string[] {
    return this.#rules
      .filter(({ style }) => !STYLES.has(style))
      .map(({ style }) => `ignoring unknown EOL style '${toDisplay(bytePath(style))}' from .hgeol`);
  }

  /** True if these rules may convert a file otherwise than older ones. Mercurial then no longer trusts its stat. */
  differsFrom(older: EolRules | undefined, path: BytePath): boolean {
    if (older === undefined) return true;
    if (!older.#converted.matches(path) && !this.#converted.matches(path)) return false;
    return older.#styleOf(path) !== this.#styleOf(path);
  }

  #styleOf(path: BytePath): string | undefined {
    return this.#rules.find(({ matches }) => matches(path))?.style;
  }
}

/** As Python's bytes have it: only ASCII letters. */
function upper(text: string): string {
  return text.replace(/[a-z]+/g, letters => letters.toUpperCase());
}
