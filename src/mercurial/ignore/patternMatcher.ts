import { QuicksilverError } from '../../base/errors.ts';
import { ROOT_PATH, bytePath, parentPath, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { patternToRegex, type GlobReach, type PatternKind } from './patternRegex.ts';
import {
  type StepBudget,
  UnboundedRegexError,
  compileEngines,
  type EngineName,
  type RegexEngine,
} from '../../regex/regexEngine.ts';
import { RegexTooDeepError, parseRegex } from '../../regex/regexParser.ts';
import { RegexSyntaxError } from '../../regex/regexScanner.ts';
import { InexpressibleRegexError } from '../../regex/regexErrors.ts';
import { resolveReferences } from '../../regex/regexReferences.ts';
import { simplify } from '../../regex/regexSimplify.ts';
import { NEVER, type RegexNode } from '../../regex/regexSyntax.ts';

/** Where a pattern comes from, for explanations and errors. */
export interface IgnoreRule {
  /** As shown to the user. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The line as it stands in the file (a byte string). */
  readonly text: string;
  readonly kind: PatternKind;
}

export interface Pattern {
  readonly kind: PatternKind;
  /** A byte string. */
  readonly pattern: string;
  readonly rule?: IgnoreRule | undefined;
}

/** Decides about paths by patterns. Immutable. */
export interface PatternMatcher {
  /** True if nothing can match. */
  readonly isEmpty: boolean;
  /** The engines in use, for tests and diagnosis. */
  readonly engines: readonly EngineName[];
  /**
   * True if a pattern matches exactly this path, not only a directory above it. Rules that match the root ('') match
   * every path, because the root is above all.
   */
  matches(path: BytePath): boolean;
  /** The first rule that {@link matches} the path, in the order of the files. */
  explain(path: BytePath): IgnoreRule | undefined;
  /**
   * Throws 'invalid-config' where `hg debugignore` aborts: at a pattern that is valid only together with the next one,
   * as in the lines `(a` and `b)`. The patterns after that of `rule` do not count.
   */
  checkSingly(rule: IgnoreRule): void;
  /** True if the path or a directory above it matches. */
  isIgnored(path: BytePath): boolean;
  /** As {@link explain}, for the path or else the nearest directory above it that matches. */
  explainIgnored(path: BytePath): IgnoredBy | undefined;
}

export interface IgnoredBy {
  readonly rule: IgnoreRule;
  /** The path, or the directory above it, that the rule matches. */
  readonly path: BytePath;
}

/** A matcher for the paths below a directory, which sees them relative to that directory. */
export interface ScopedMatcher {
  /** '' or a path that ends with '/'. */
  readonly prefix: string;
  readonly matcher: PatternMatcher;
}

export interface MatcherOptions {
  readonly scoped?: readonly ScopedMatcher[];
  /** Mercurial asks its ignore rules about the root, too, as a directory above everything. */
  readonly rootDecides?: boolean;
  /** Shared by matchers of which all are asked about a path. Default: one of its own. */
  readonly budget?: StepBudget | undefined;
}

/** Mercurial joins patterns into expressions of at most this many bytes. */
const MAX_JOINED = 20000;

/**
 * Compiles all patterns into one matcher. Throws a QuicksilverError:
 * - 'invalid-config' for a pattern at which Mercurial aborts;
 * - 'unsupported' for a pattern that cannot be matched in bounded time, or not exactly as Python would.
 */
export function compilePatterns(
  patterns: readonly Pattern[],
  reach: GlobReach = 'orParent',
  options: MatcherOptions = {},
): PatternMatcher {
  const branches: Branch[] = [];
  for (const chunk of chunksOf(patterns, reach)) branches.push(...branchesOf(chunk, reach));
  return new CompiledMatcher(branches, options);
}

/** An alternative of the joined expression, and the pattern it began in. */
interface Branch {
  readonly node: RegexNode;
  readonly source: Pattern;
}

/** Nothing that is longer makes an expression that Mercurial takes, unless it is a path full of needless dots. */
const MAX_PATTERN = 1 << 16;

interface Chunk {
  readonly patterns: Pattern[];
  readonly regexes: string[];
}

function chunksOf(patterns: readonly Pattern[], reach: GlobReach): Chunk[] {
  const chunks: Chunk[] = [];
  let length = Infinity;
  for (const source of patterns) {
    if (source.pattern.length > MAX_PATTERN) {
      throw patternError('invalid-config', source, `pattern is too long (${source.pattern.length} bytes)`);
    }
    const regex = patternToRegex(source.kind, source.pattern, reach);
    if (regex.length > MAX_JOINED) {
      throw patternError('invalid-config', source, `matcher pattern is too long (${regex.length} bytes)`);
    }
    if (length + 1 + regex.length > MAX_JOINED) {
      chunks.push({ patterns: [], regexes: [] });
      length = -1;
    }
    const chunk = chunks.at(-1)!;
    chunk.patterns.push(source);
    chunk.regexes.push(regex);
    length += 1 + regex.length;
  }
  return chunks;
}

function branchesOf({ patterns, regexes }: Chunk, reach: GlobReach): Branch[] {
  let tree: RegexNode;
  try {
    tree = parseRegex(regexes.join('|'));
  } catch (error) {
    throw joinedError(patterns, regexes, error, reach);
  }
  const nodes = tree.type === 'alternation' ? tree.branches : [tree];
  const starts = tree.type === 'alternation' ? tree.starts : [0];
  const branches: Branch[] = [];
  let current = 0;
  let end = regexes[0]!.length;
  for (const [index, node] of nodes.entries()) {
    while (starts[index]! > end && current + 1 < patterns.length) end += 1 + regexes[++current]!.length;
    branches.push({ node, source: patterns[current]! });
  }
  try {
    // All together, because a reference in one may mean a group in another.
    const resolved = resolveReferences({ type: 'alternation', branches: nodes, starts });
    if (resolved.type !== 'alternation') throw new TypeError('an alternation stays one');
    return branches.map(({ source }, index) => ({ node: simplify(resolved.branches[index] ?? NEVER), source }));
  } catch (error) {
    if (!(error instanceof InexpressibleRegexError)) throw error;
    throw inexpressible(branches, error);
  }
}

/** The error for a joined expression that Python rejects: it is that of the first pattern that is wrong by itself. */
function joinedError(
  patterns: readonly Pattern[],
  regexes: readonly string[],
  cause: unknown,
  reach: GlobReach,
): unknown {
  if (cause instanceof RegexTooDeepError) {
    const source = patterns.find(pattern => isTooDeep(patternToRegex(pattern.kind, pattern.pattern, reach)));
    return patternError('unsupported', source ?? patterns[0]!, `pattern is ${cause.message}`);
  }
  if (!(cause instanceof RegexSyntaxError)) return cause;
  for (const [index, source] of patterns.entries()) {
    try {
      parseRegex(regexes[index]!);
    } catch (error) {
      if (!(error instanceof RegexSyntaxError)) return error;
      return patternError(
        'invalid-config',
        source,
        `invalid pattern (${source.kind}): ${toDisplay(source.pattern)}`,
        error,
      );
    }
  }
  return patternError('invalid-config', patterns[0]!, `invalid pattern: ${cause.message}`, cause);
}

function isTooDeep(regex: string): boolean {
  try {
    parseRegex(regex);
    return false;
  } catch (error) {
    return error instanceof RegexTooDeepError;
  }
}

function inexpressible(branches: readonly Branch[], cause: InexpressibleRegexError): QuicksilverError {
  const source = branches.find(({ node }) => !canResolve(node))?.source ?? branches[0]!.source;
  return patternError('unsupported', source, `pattern ${toDisplay(source.pattern)} has ${cause.message}`, cause);
}

function canResolve(node: RegexNode): boolean {
  try {
    resolveReferences(node);
    return true;
  } catch (error) {
    if (error instanceof InexpressibleRegexError) return false;
    throw error;
  }
}

function patternError(
  code: 'invalid-config' | 'unsupported',
  { rule }: Pattern,
  message: string,
  cause?: unknown,
): QuicksilverError {
  const place = rule === undefined ? '' : `${rule.file}:${rule.line}: `;
  return new QuicksilverError(code, place + message, { file: rule?.file, line: rule?.line, cause });
}

class CompiledMatcher implements PatternMatcher {
  readonly isEmpty: boolean;
  readonly engines: readonly EngineName[];
  readonly #branches: readonly Branch[];
  readonly #compiled: readonly RegexEngine[];
  readonly #scoped: readonly ScopedMatcher[];
  /** True if the root is ignored, and everything with it. */
  readonly #everything: boolean;
  /** An engine for each branch, made when an explanation first needs it. */
  readonly #single: (RegexEngine | undefined)[] = [];

  constructor(branches: readonly Branch[], options: MatcherOptions) {
    const scoped = (options.scoped ?? []).filter(({ matcher }) => !matcher.isEmpty);
    this.#branches = branches;
    this.#scoped = scoped;
    this.#compiled = compile(branches, options.budget);
    this.isEmpty = branches.length === 0 && scoped.length === 0;
    this.engines = [...this.#compiled.map(engine => engine.name), ...scoped.flatMap(({ matcher }) => matcher.engines)];
    this.#everything = options.rootDecides === true && this.#matchesItself(ROOT_PATH);
  }

  matches(path: BytePath): boolean {
    return this.#everything || this.#matchesItself(path);
  }

  explain(path: BytePath): IgnoreRule | undefined {
    return this.#explainItself(path) ?? (this.#everything ? this.#explainItself(ROOT_PATH) : undefined);
  }

  isIgnored(path: BytePath): boolean {
    for (let at = path; at !== ''; at = parentPath(at)) if (this.matches(at)) return true;
    return this.#everything;
  }

  explainIgnored(path: BytePath): IgnoredBy | undefined {
    for (let at = path; at !== ''; at = parentPath(at)) {
      const rule = this.#explainItself(at);
      if (rule !== undefined) return { rule, path: at };
    }
    const rule = this.#everything ? this.#explainItself(ROOT_PATH) : undefined;
    return rule && { rule, path: ROOT_PATH };
  }

  checkSingly(rule: IgnoreRule): void {
    for (const { source } of this.#branches) {
      const { kind, pattern } = source;
      try {
        parseRegex(patternToRegex(kind, pattern, 'orParent'));
      } catch (error) {
        if (!(error instanceof RegexSyntaxError)) throw error;
        throw patternError('invalid-config', source, `invalid pattern (${kind}): ${toDisplay(pattern)}`, error);
      }
      if (source.rule === rule) return;
    }
  }

  #matchesItself(path: BytePath): boolean {
    for (const engine of this.#compiled) if (engine.test(path)) return true;
    for (const { prefix, matcher } of this.#scoped) {
      if (path.startsWith(prefix) && matcher.matches(bytePath(path.slice(prefix.length)))) return true;
    }
    return false;
  }

  #explainItself(path: BytePath): IgnoreRule | undefined {
    if (this.#compiled.some(engine => engine.test(path))) {
      for (const [index, { source }] of this.#branches.entries()) {
        if (source.rule !== undefined && this.#branchEngine(index).test(path)) return source.rule;
      }
    }
    for (const { prefix, matcher } of this.#scoped) {
      const rule = path.startsWith(prefix) ? matcher.explain(bytePath(path.slice(prefix.length))) : undefined;
      if (rule !== undefined) return rule;
    }
    return undefined;
  }

  #branchEngine(index: number): RegexEngine {
    return (this.#single[index] ??= compile([this.#branches[index]!])[0]!);
  }
}

function compile(branches: readonly Branch[], budget?: StepBudget): RegexEngine[] {
  const failed = { index: 0 };
  try {
    return compileEngines(
      branches.map(({ node }) => node),
      failed,
      budget,
    );
  } catch (error) {
    if (!(error instanceof UnboundedRegexError)) throw error;
    const { source } = branches[failed.index]!;
    throw patternError('unsupported', source, `pattern ${toDisplay(source.pattern)} ${error.message}`, error);
  }
}
