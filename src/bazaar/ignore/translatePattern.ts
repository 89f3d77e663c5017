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
const STARS = /\*+/uy;
const SPECIAL = '(){}|^$+.';

function translateGlob(glob: string, isPath: boolean): string {
  let out = '';
  for (let at = 0; at < glob.length;) {
    const { taken, text } = translatePart(glob, at, isPath);
    out += text;
    at += taken.length;
  }
  return out;
}

/** Translates the part of a glob that begins at `at`. */
function translatePart(glob: string, at: number, isPath: boolean): { readonly taken: string; readonly text: string } {
  const match = (regex: RegExp): string | undefined => {
    regex.lastIndex = at;
    return regex.exec(glob)?.[0];
  };
  const brackets = match(BRACKETS);
  if (brackets !== undefined) return { taken: brackets, text: set(brackets) };
  const startsName = isPath && (at === 0 || glob[at - 1] === '/');
  const leading = startsName ? match(LEADING) : undefined;
  if (leading !== undefined) return { taken: leading, text: '' };
  const escaped = match(ESCAPED);
  if (escaped !== undefined) return { taken: escaped, text: escaped };
  const directories = startsName ? match(ANY_DIRECTORIES) : undefined;
  if (directories !== undefined) return { taken: directories, text: '(?:.*/)?' };
  const stars = match(STARS);
  if (stars !== undefined) return { taken: stars, text: isPath ? '[^/]*' : '.*' };
  const character = String.fromCodePoint(glob.codePointAt(at)!);
  if (character === '?') return { taken: character, text: isPath ? '[^/]' : '.' };
  return { taken: character, text: SPECIAL.includes(character) ? `\\${character}` : character };
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
