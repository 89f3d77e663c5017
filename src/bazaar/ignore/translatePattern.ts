// Patterns of ignore files as regular expressions in Python's syntax, over text.

/** Which part of a path a pattern is compared with, and how it is read. */
export type PatternType = 'extension' | 'basename' | 'fullpath';

/** Returns the type of a normalized pattern. */
export function patternType(pattern: string): PatternType {
  if (pattern.startsWith('RE:') || pattern.includes('/')) return 'fullpath';
  return pattern.startsWith('*.') ? 'extension' : 'basename';
}

/**
 * Returns a pattern with each run of slashes and backslashes as one slash, and without slashes at its end. A regular
 * expression keeps its slashes and backslashes.
 */
export function normalizePattern(pattern: string): string {
  const isExpression = pattern.startsWith('RE:') || pattern.startsWith('!RE:');
  const text = isExpression ? pattern : pattern.replace(/[\\/]+/g, '/');
  if (text.length <= 1) return text;
  let end = text.length;
  while (end > 0 && text[end - 1] === '/') end--;
  return text.slice(0, end);
}

/** Returns the expression of a normalized pattern, without anchors. */
export function translatePattern(pattern: string, type: PatternType): string {
  if (pattern.startsWith('RE:') && type === 'fullpath') return translateExpression(pattern);
  if (type === 'fullpath') return translateGlob(pattern, true);
  return translateGlob(type === 'extension' ? pattern.slice(2) : pattern, false);
}

const NAMED_CLASSES: Readonly<Record<string, string>> = {
  '[:digit:]': '\\d',
  '[:space:]': '\\s',
  '[:alnum:]': '\\w',
  '[:ascii:]': '\\0-\\x7f',
  '[:blank:]': ' \\t',
  '[:cntrl:]': '\\0-\\x1f\\x7f-\\x9f',
};

/** A set of characters in brackets; a named class in it may have a ']'. */
const BRACKETS = /\[\^?\]?(?:[^\][]|\[:[^\]]+:\])+\]/uy;
const LEADING = /(?:\.?\/)+/uy;
const ESCAPED = /\\[^\n]/uy;
const ANY_DIRECTORIES = /\*\*+\//uy;

function translateGlob(glob: string, isPath: boolean): string {
  let out = '';
  const match = (regex: RegExp, at: number): string | undefined => {
    regex.lastIndex = at;
    return regex.exec(glob)?.[0];
  };
  for (let at = 0; at < glob.length;) {
    const character = String.fromCodePoint(glob.codePointAt(at)!);
    const atStart = at === 0 || glob[at - 1] === '/';
    let taken: string | undefined;
    if (character === '[' && (taken = match(BRACKETS, at)) !== undefined) out += set(taken);
    else if (isPath && atStart && (taken = match(LEADING, at)) !== undefined) out += '';
    else if (character === '\\' && (taken = match(ESCAPED, at)) !== undefined) out += taken;
    else if ('(){}|^$+.'.includes(character)) out += `\\${(taken = character)}`;
    else if (isPath && atStart && (taken = match(ANY_DIRECTORIES, at)) !== undefined) out += '(?:.*/)?';
    else if (character === '*') {
      taken = /^\*+/.exec(glob.slice(at))![0];
      out += isPath ? '[^/]*' : '.*';
    } else if (character === '?') {
      taken = character;
      out += isPath ? '[^/]' : '.';
    } else {
      taken = character;
      out += character;
    }
    at += taken.length;
  }
  return out;
}

function set(brackets: string): string {
  const isNegated = brackets[1] === '!' || brackets[1] === '^';
  const inner = brackets.slice(isNegated ? 2 : 1, -1);
  const names = /\[:(?:digit|space|alnum|ascii|blank|cntrl):\]/g;
  return `[${isNegated ? '^' : ''}${inner.replace(names, name => NAMED_CLASSES[name]!)}]`;
}

/** Groups capture nothing, named groups lose their name, and a single backslash at the end is dropped. */
function translateExpression(pattern: string): string {
  return pattern.replace(/^RE:|\((?!\?)|\(\?P<[^\n]*>|\(\?P=[^)]*\)|\\+$/gu, found => {
    if (found === 'RE:') return '';
    if (found === '(' || found.startsWith('(?P<')) return '(?:';
    if (found.startsWith('(?P=')) return '';
    return found.length % 2 === 0 ? found : found.slice(1);
  });
}
