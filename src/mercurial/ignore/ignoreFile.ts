import { WHITE_SPACE, withoutTrailing } from '../../base/lines.ts';
import type { PatternKind } from './patternRegex.ts';

/** A line of an ignore file that has an effect. Strings are byte strings. */
export type IgnoreLine = PatternLine | IncludeLine | BadSyntaxLine;

export interface PatternLine {
  readonly type: 'pattern';
  readonly kind: PatternKind;
  readonly pattern: string;
  /** From 1. */
  readonly line: number;
  /** As it stands in the file, without the line end. */
  readonly text: string;
}

export interface IncludeLine {
  /** A subinclude's patterns hold below its directory only. */
  readonly type: 'include' | 'subinclude';
  readonly path: string;
  readonly line: number;
}

/** A "syntax:" line that names none. Mercurial warns and goes on with the syntax there was. */
export interface BadSyntaxLine {
  readonly type: 'badSyntax';
  readonly syntax: string;
  readonly line: number;
}

type Syntax = PatternKind | 'include' | 'subinclude';

/** The names that a "syntax:" line may use. */
const SYNTAXES = new Map<string, Syntax>([
  ['re', 'relre'],
  ['regexp', 'relre'],
  ['glob', 'relglob'],
  ['rootglob', 'rootglob'],
  ['include', 'include'],
  ['subinclude', 'subinclude'],
]);

/** The words that may precede a single line, followed by a colon. */
const PREFIXES = new Map<string, Syntax>([...SYNTAXES, ['relre', 'relre'], ['relglob', 'relglob']]);

/**
 * The lines of an ignore file (as a byte string) that mean something, in order. Never fails: whether a pattern is valid
 * shows only when it is compiled. A byte order mark gets no special treatment, just as in Mercurial. Lines are parsed
 * when they are asked for: a file of a few megabytes may have millions.
 */
export function* parseIgnoreFile(content: string): Generator<IgnoreLine> {
  let syntax: Syntax = 'relre';
  let number = 0;
  for (let start = 0; start <= content.length;) {
    const newline = content.indexOf('\n', start);
    const end = newline < 0 ? content.length : newline;
    const text = content.slice(start, end);
    start = end + 1;
    number++;
    const line = withoutTrailing(withoutComment(text), WHITE_SPACE);
    if (line === '') continue;
    if (line.startsWith('syntax:')) {
      const name = line.slice('syntax:'.length).replace(/^[ \t\n\r\v\f]+/, '');
      const named = SYNTAXES.get(name);
      if (named === undefined) yield { type: 'badSyntax', syntax: name, line: number };
      else syntax = named;
      continue;
    }
    const colon = line.indexOf(':');
    const prefixed = colon < 0 ? undefined : PREFIXES.get(line.slice(0, colon));
    yield prefixed === undefined
      ? lineOf(syntax, line, number, text)
      : lineInSyntax(prefixed, line.slice(colon + 1), number, text);
  }
}

/** A line without one of the prefixes. */
function lineOf(syntax: Syntax, line: string, number: number, text: string): IgnoreLine {
  // Mercurial takes `include` and `subinclude` for prefixes even without their colon, whatever the syntax. It also puts
  // them before lines in a syntax of that name. The result is a rooted glob of both together, unless a colon follows.
  const isIncludeSyntax = syntax === 'include' || syntax === 'subinclude';
  const whole = isIncludeSyntax && !INCLUDE.test(line) ? syntax + line : line;
  if (!INCLUDE.test(whole)) return lineInSyntax(syntax, line, number, text);
  const [keyword = '', ...rest] = whole.split(':');
  return rest.length > 0 && (keyword === 'include' || keyword === 'subinclude')
    ? { type: keyword, path: rest.join(':'), line: number }
    : { type: 'pattern', kind: 'glob', pattern: whole, line: number, text };
}

const INCLUDE = /^(?:sub)?include/;

function lineInSyntax(syntax: Syntax, rest: string, number: number, text: string): IgnoreLine {
  if (syntax === 'include' || syntax === 'subinclude') return { type: syntax, path: rest, line: number };
  return { type: 'pattern', kind: syntax, pattern: rest, line: number, text };
}

/** Cuts at the first '#' that no backslash escapes, then takes the backslash from those that one did. */
function withoutComment(line: string): string {
  if (!line.includes('#')) return line;
  let backslashes = 0;
  for (let i = 0; i < line.length; i++) {
    const char = line[i];
    if (char === '#' && backslashes % 2 === 0) return line.slice(0, i).replaceAll('\\#', '#');
    backslashes = char === '\\' ? backslashes + 1 : 0;
  }
  return line.replaceAll('\\#', '#');
}
