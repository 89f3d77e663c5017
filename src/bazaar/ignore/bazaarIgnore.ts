// Which unknown paths are ignored.
import { isAscii, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { RegexTooDeepError } from '../../regex/regexParser.ts';
import { compileEngines, UnboundedRegexError, type RegexEngine } from '../../regex/regexEngine.ts';
import { InexpressibleRegexError } from '../../regex/regexErrors.ts';
import { RegexSyntaxError } from '../../regex/regexScanner.ts';
import type { RegexNode } from '../../regex/regexSyntax.ts';
import { Alphabet } from './alphabet.ts';
import { parseExpression } from './expression.ts';
import type { IgnorePattern, IgnorePatterns } from './ignoreFiles.ts';
import { normalizePattern, patternType, translatePattern, type PatternType } from './translatePattern.ts';

/** In this order Breezy asks them; an invalid pattern fails only when its turn comes. */
const TYPES: readonly PatternType[] = ['extension', 'basename', 'fullpath'];
const MAX_PATTERNS = 100_000;
const MAX_PATTERN = 1 << 16;

/** Decides about unknown paths. The patterns are read when the first path is asked about. */
export class BazaarIgnore {
  readonly isEmpty = false;
  readonly #read: () => IgnorePatterns;
  #groups: readonly [PatternSet, PatternSet, PatternSet] | undefined;
  #warnings: readonly string[] = [];

  /** @param read reads the patterns; its errors are thrown by {@link matches} */
  constructor(read: () => IgnorePatterns) {
    this.#read = read;
  }

  /** Sentences about lines that do not count, once patterns were needed. */
  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /**
   * True if a path is ignored: patterns with `!!` decide first, then those with `!`, then the others.
   * Throws 'invalid-config' for a pattern that Breezy rejects, 'unsupported' for one that cannot be expressed.
   */
  matches(path: BytePath): boolean {
    const [always, never, others] = (this.#groups ??= this.#load());
    if (always.matches(path)) return true;
    return !never.matches(path) && others.matches(path);
  }

  /** The pattern by which a path is ignored; undefined if it is not. Throws as {@link matches} does. */
  rule(path: BytePath): IgnorePattern | undefined {
    if (!this.matches(path)) return undefined;
    const { patterns } = this.#read();
    return patterns.find(pattern => {
      const text = pattern.text.replace(/^!!/, '');
      if (text.startsWith('!')) return false;
      return new BazaarIgnore(() => ({ patterns: [{ ...pattern, text }], warnings: [] })).matches(path);
    });
  }

  #load(): readonly [PatternSet, PatternSet, PatternSet] {
    const { patterns, warnings } = this.#read();
    this.#warnings = warnings;
    if (patterns.length > MAX_PATTERNS) {
      throw new QuicksilverError('unsupported', `${patterns.length} ignore patterns are more than ${MAX_PATTERNS}`);
    }
    const alphabet = new Alphabet(patterns.map(pattern => pattern.text));
    if (!alphabet.isLargeEnough) {
      throw new QuicksilverError('unsupported', 'ignore patterns have too many different characters beyond ASCII');
    }
    const groups: [IgnorePattern[], IgnorePattern[], IgnorePattern[]] = [[], [], []];
    for (const pattern of patterns) {
      const marks = pattern.text.startsWith('!!') ? 2 : pattern.text.startsWith('!') ? 1 : 0;
      groups[2 - marks]!.push({ ...pattern, text: normalizePattern(pattern.text.slice(marks)) });
    }
    const [always, never, others] = groups;
    return [new PatternSet(always, alphabet), new PatternSet(never, alphabet), new PatternSet(others, alphabet)];
  }
}

interface Compiled {
  readonly engines: readonly RegexEngine[];
  /** The first pattern with word boundaries. */
  readonly boundary: IgnorePattern | undefined;
}

/** Patterns of one strength. */
class PatternSet {
  readonly #alphabet: Alphabet;
  readonly #byType: Readonly<Record<PatternType, IgnorePattern[]>> = { extension: [], basename: [], fullpath: [] };
  readonly #compiled = new Map<PatternType, Compiled>();

  constructor(patterns: readonly IgnorePattern[], alphabet: Alphabet) {
    this.#alphabet = alphabet;
    for (const pattern of patterns) this.#byType[patternType(pattern.text)].push(pattern);
  }

  matches(path: BytePath): boolean {
    let subject: string | undefined;
    for (const type of TYPES) {
      if (this.#byType[type].length === 0) continue;
      subject ??= this.#alphabet.ofPath(path);
      const { engines, boundary } = this.#engines(type);
      if (boundary !== undefined && !isAscii(path)) {
        throw errorAt(boundary, 'unsupported', 'has a word boundary, which is not supported beyond ASCII');
      }
      const text = type === 'fullpath' ? subject : lastName(subject);
      if (engines.some(engine => engine.test(text))) return true;
    }
    return false;
  }

  #engines(type: PatternType): Compiled {
    let compiled = this.#compiled.get(type);
    if (compiled === undefined) this.#compiled.set(type, (compiled = this.#compile(type)));
    return compiled;
  }

  #compile(type: PatternType): Compiled {
    const patterns = this.#byType[type];
    let boundary: IgnorePattern | undefined;
    const nodes: RegexNode[] = patterns.map(pattern => {
      const { node, isForAscii } = parse(pattern, type, this.#alphabet);
      if (isForAscii) boundary ??= pattern;
      return node;
    });
    const failed = { index: 0 };
    try {
      return { engines: compileEngines(nodes, failed), boundary };
    } catch (error) {
      if (!(error instanceof UnboundedRegexError)) throw error;
      throw errorAt(patterns[failed.index]!, 'unsupported', error.message, error);
    }
  }
}

function parse(pattern: IgnorePattern, type: PatternType, alphabet: Alphabet): ReturnType<typeof parseExpression> {
  if (pattern.text.length > MAX_PATTERN) throw errorAt(pattern, 'unsupported', 'is too long');
  const source = translatePattern(pattern.text, type);
  try {
    return parseExpression(type === 'extension' ? `.*\\.(?:${source})` : source, alphabet);
  } catch (error) {
    if (error instanceof RegexSyntaxError) throw errorAt(pattern, 'invalid-config', `is invalid: ${error.message}`);
    if (error instanceof RegexTooDeepError) throw errorAt(pattern, 'unsupported', `is ${error.message}`);
    if (error instanceof InexpressibleRegexError) throw errorAt(pattern, 'unsupported', `has ${error.message}`);
    throw error;
  }
}

function errorAt(
  { text, file, line }: IgnorePattern,
  code: 'unsupported' | 'invalid-config',
  why: string,
  cause?: unknown,
): QuicksilverError {
  const shown = toDisplay(Buffer.from(text, 'utf8').toString('latin1'));
  return new QuicksilverError(code, `${file}:${line}: pattern ${shown} ${why}`, { file, line, cause });
}

/** Returns the part after the last slash of the first line: expressions search no name beyond a newline. */
function lastName(subject: string): string {
  const newline = subject.indexOf('\n');
  const slash = subject.lastIndexOf('/', newline < 0 ? subject.length : newline);
  return subject.slice(slash + 1);
}
