// Draws ignore files by the grammar of their patterns: globs, and regular expressions with all of Python's syntax, valid
// ones mostly. Byte strings.
import type { Random } from '../../support/random.ts';

/** What patterns and paths are made of, so that they meet. */
const LETTERS = [
  'a',
  'b',
  'c',
  'o',
  'x',
  'A',
  'B',
  '1',
  '_',
  '.',
  '-',
  ' ',
  '\xe9',
  '\xc3\xa9',
  '\n',
  '#',
  '+',
  '\\',
  '\x01',
  '$',
  '^',
];
const WORDS = [
  'a',
  'b',
  'ab',
  'foo',
  'bar',
  'foo.o',
  'include',
  'subinclude',
  'includes',
  'x.c',
  'lib',
  'FOO',
  'a b',
  'caf\xc3\xa9',
  'caf\xe9',
  '1',
  'v1.2',
  'new\nline',
  '[x]',
  '{a,b}',
  'a+b',
  '#x',
  're',
  'glob',
  'syntax',
];

const SYNTAXES = ['glob', 'regexp', 're', 'rootglob', 'include', 'subinclude', 'relglob', 'relre', 'glob ', 'nonsense'];
const KEYWORDS = [
  'syntax',
  're',
  'regexp',
  'relre',
  'glob',
  'relglob',
  'rootglob',
  'include',
  'subinclude',
  'path',
  'set',
];
/** Paths that lead out of the root, and others that come close to it. See ignoreRun.ts for the files. */
const PLACES = [
  ...['..', '/..', '/../a', '/../../a', './a', '../a', '/./lib', 'link', 'link/b', 'link/../a', '-nested', '-nested/y'],
  ...['/nested/q', '/nested', '/.hg', '/../.hg/x', '/../.HG.', '/hg~1', '/../hg~x', '', '*', '/*/../lib', '//a'],
];

/** A path that has a fair chance to be matched by something drawn here. */
export function randomIgnorePath(random: Random): string {
  const name = (): string => {
    if (random.chance(0.6)) return random.pick(WORDS);
    const text = Array.from({ length: 1 + random.below(4) }, () => random.pick(LETTERS)).join('');
    return /^\.{1,2}$/.test(text) ? 'dot' : text;
  };
  return Array.from({ length: 1 + random.below(random.pick([1, 2, 3, 5])) }, name).join('/');
}

/**
 * An ignore file of a few lines.
 * @param names paths that some of the patterns are to be about
 * @param includes lines that some of the lines are taken from
 */
export function randomIgnoreFile(random: Random, names: readonly string[], includes: readonly string[] = []): string {
  const lines = Array.from({ length: 1 + random.below(random.pick([1, 3, 6])) }, () => {
    return includes.length > 0 && random.chance(0.12) ? random.pick(includes) : randomLine(random, names);
  });
  const end = random.pick(['\n', '\n', '\n', '\r\n']);
  return lines.join(end) + random.pick([end, '']);
}

/** One line. Those that are not ASCII, escaped by accident or plainly wrong are rare but there. */
export function randomLine(random: Random, names: readonly string[]): string {
  if (random.chance(0.06)) return keywordLine(random);
  const kind = random.below(20);
  if (kind === 0) return `syntax${random.pick([': ', ': ', ':', ' '])}${random.pick(SYNTAXES)}`;
  if (kind === 1) return random.pick(['# comment', '', '   ', '\t', '\\#x', `${random.pick(WORDS)} # comment`]);
  if (kind < 5 && names.length > 0) return lineFor(random, random.pick(names));
  const line = kind < 12
    ? `${random.pick(['glob:', 'glob:', 'rootglob:', 'relglob:', ''])}${randomGlob(random)}`
    : `${random.pick(['', '', 're:', 'regexp:', 'relre:'])}${randomRegex(random)}`;
  return random.chance(0.05) ? `${line}${random.pick([' ', '\t', '  # x', '\\', ' \\# y'])}` : line;
} // prettier-ignore

/** A keyword with and without its colon, before anything. */
function keywordLine(random: Random): string {
  const between = random.pick([':', '', '', ' ', ': ', '/']);
  return `${random.pick(KEYWORDS)}${between}${random.pick(random.chance(0.5) ? WORDS : PLACES)}`.replace('\n', '');
}

/** A pattern that is about a given path. */
function lineFor(random: Random, name: string): string {
  const slash = name.lastIndexOf('/');
  const base = name.slice(slash + 1);
  const dot = base.lastIndexOf('.');
  const glob = base.replace(/[\\*?[\]{}]/g, '\\$&');
  const regex = name.replace(/[^a-zA-Z0-9_/\x80-\xff]/g, '\\$&');
  return random.pick([
    `rootglob:${name}`,
    `glob:${glob}`,
    ...(dot > 0 ? [`glob:*${glob.slice(glob.lastIndexOf('.'))}`] : []),
    `re:^${regex}$`,
    `re:^${regex}`,
    `re:${regex.slice(0, 4)}`,
    ...(slash > 0 ? [`glob:${name.slice(0, slash)}`, `rootglob:${name.slice(0, slash)}/**`, `re:^${regex.slice(0, regex.indexOf('/'))}/`] : []),
  ]); // prettier-ignore
}

/** A glob without its prefix. */
export function randomGlob(random: Random, depth = 0): string {
  const piece = (): string => {
    const kind = random.below(depth > 2 ? 16 : 18);
    if (kind < 5) return random.pick(WORDS).replace(/[[\]{}#\n]/g, random.chance(0.9) ? '' : '$&');
    if (kind < 8) return '*';
    if (kind === 8) return '**';
    if (kind === 9) return '**/';
    if (kind === 10) return '/';
    if (kind === 11) return '?';
    if (kind === 12) return random.pick(['[a-f]', '[!a]', '[^a]', '[]x]', '[!]]', '[a-]', '[\\w]', '[\xe0-\xff]', '[a', '[b-a]', '[[]', '[/]', '[!/]']);
    if (kind === 13) return `\\${random.pick(['*', '?', '[', '{', ',', '}', 'a', '\\', '.', '\xe9'])}`;
    if (kind === 14) return random.pick(['.', '.', '..', './', '//', ',', '}', '^', '$', '+', '|', '(', ' ']);
    if (kind === 15) return random.pick(LETTERS).replace(/[#\n]/, 'z');
    const branches = Array.from({ length: 1 + random.below(3) }, () => randomGlob(random, depth + 1));
    return `{${branches.join(',')}${random.chance(0.98) ? '}' : ''}`;
  };
  const text = Array.from({ length: random.pick([1, 2, 2, 3, 4, 5]) }, piece).join('');
  return depth > 0 || !text.startsWith('#') ? text : `x${text}`;
} // prettier-ignore

/** A regular expression without its prefix. */
export function randomRegex(random: Random): string {
  const groups = { count: 0, names: [] as string[] };
  const flags = random.chance(0.15) ? random.pick(['(?i)', '(?i)', '(?s)', '(?m)', '(?x)', '(?a)', '(?is)', '(?L)', '(?u)', '(?ix)']) : '';
  return flags + random.pick(['', '', '^', '^', '.*']) + alternation(random, groups, 0);
} // prettier-ignore

interface Groups {
  count: number;
  readonly names: string[];
}

function alternation(random: Random, groups: Groups, depth: number): string {
  const count = random.chance(0.75) ? 1 : 2 + random.below(2);
  return Array.from({ length: count }, () => sequence(random, groups, depth)).join('|');
}

function sequence(random: Random, groups: Groups, depth: number): string {
  const items = Array.from({ length: random.below(depth > 0 ? 4 : 5) }, () => {
    const item = atom(random, groups, depth);
    return random.chance(0.25) && !/^[^\\].*[*+?]$/.test(item) ? item + quantifier(random) : item;
  });
  return items.join('') || random.pick(['', 'a']);
}

function quantifier(random: Random): string {
  const count = random.pick(['*', '+', '?', '*', '+', '{2}', '{1,2}', '{,2}', '{1,}', '{0}', '{}', '{a}', ...(random.chance(0.1) ? ['{2,1}', '{,}'] : [])]);
  return count + random.pick(['', '', '', '', '?', '+', '*']);
} // prettier-ignore

const ESCAPES = [
  '\\w', '\\d', '\\s', '\\W', '\\D', '\\S', '\\b', '\\B', '\\A', '\\Z', '\\.', '\\/', '\\-', '\\ ', '\\x61', '\\141', '\\0', '\\n', '\\t', '\\f', '\\v',
  '\\a', '\\r', '\\\\', '\\$', '\\^', '\\(', '\\[', '\\{', '\\+', '\\xe9', '\\351', '\\08', '\\_', '\\<', '\\"', '\\!', '\\,', '\\&', '\\~',
]; // prettier-ignore
// Without '\z': whether it is an error depends on the Python of hg.
const BAD_ESCAPES = ['\\u0061', '\\N{DIGIT ONE}', '\\q', '\\x6', '\\9', '\\400', '\\p{L}', '\\e', '\\U0061', '\\Q'];
const CLASSES = [
  '[a-c]', '[^a-c]', '[abo]', '[^/]', '[/]', '[^/]*', '[\\w.]', '[^\\w]', '[\\d_]', '[]x]', '[^]x]', '[a-]', '[-a]', '[\\]x]', '[\\-a]', '[a\\-c]', '[.]',
  '[\\x61-c]', '[\\141]', '[\\b]', '[\xe0-\xff]', '[^\\n]', '[\\s\\S]', '[[:alpha:]]', '[[a]', '[a||b]', '[a&&b]', '[a--b]', '[a~~b]', '[$^.]', '[A-z]', '[\\W\\d]', '[+--]', '[ -~]',
]; // prettier-ignore
const BAD_CLASSES = ['[c-a]', '[a', '[\\w-z]', '[a-\\d]', '[\\q]', '[]', '[^]'];

function atom(random: Random, groups: Groups, depth: number): string {
  const kind = random.below(depth > 2 ? 26 : 40);
  if (kind < 12) return random.pick(['a', 'b', 'o', 'c', 'foo', 'ab', 'x', '1', 'A', 'lib', 'bar', '/', '\xe9', '\xc3\xa9', ' ', '_', '-', ',']);
  if (kind < 15) return random.pick(['.', '.*', '.+', '.']);
  if (kind < 18) return random.pick(ESCAPES);
  if (kind === 18) return random.chance(0.06) ? random.pick(BAD_ESCAPES) : random.pick(ESCAPES);
  if (kind < 22) return random.chance(0.03) ? random.pick(BAD_CLASSES) : random.pick(CLASSES);
  if (kind === 22) return random.pick(['^', '$', '$', '\\b', '\\Z']);
  if (kind === 23) return random.pick(['{', '}', ']', '{1', 'a{', ',}', '~', '"', '&&']);
  if (kind === 24) return reference(random, groups);
  if (kind === 25) return random.chance(0.04) ? random.pick(['(', ')', '*', '(?', '(?P', '(?P<', '(?P<1>a)', '(?P>a)', '(?z)', '(?-i)', '(?<a)', '(?(9)a)', '(?i)', '\\']) : 'b';
  const inside = (): string => alternation(random, groups, depth + 1);
  switch (random.pick(['()', '()', '(?:', '(?:', '(?P<', '(?i:', '(?=', '(?!', '(?<=', '(?<!', '(?>', '(?('])) {
    case '()': {
      groups.count++;
      return `(${inside()})`;
    }
    case '(?:':
      return `(?:${inside()})`;
    case '(?P<': {
      groups.count++;
      const name = random.chance(0.9) ? `n${groups.count}` : 'n1';
      groups.names.push(name);
      return `(?P<${name}>${inside()})`;
    }
    case '(?i:':
      return `(?${random.pick(['i', 'i', 's', 'm', 'x', '-i', 'i-s', 'a', 'is-m', 'i-i', ''])}:${inside()})`;
    case '(?=':
      return `(?=${inside()})`;
    case '(?!':
      return `(?!${inside()})`;
    case '(?<=':
      return `(?<=${random.chance(0.8) ? random.pick(['a', 'ab', '.', '[ab]', 'a|b', '^', '/', 'foo']) : inside()})`;
    case '(?<!':
      return `(?<!${random.chance(0.8) ? random.pick(['a', 'ab', '.', '[ab]', 'a|b', '/', '\\w']) : inside()})`;
    case '(?>':
      return `(?>${inside()})`;
    default:
      return groups.count === 0 ? 'a' : `(?(${1 + random.below(groups.count)})${sequence(random, groups, depth + 1)}|${sequence(random, groups, depth + 1)})`;
  }
} // prettier-ignore

function reference(random: Random, { count, names }: Groups): string {
  if (count === 0) return random.chance(0.9) ? 'x' : '\\1';
  if (names.length > 0 && random.chance(0.5)) return `(?P=${random.pick(names)})`;
  return `\\${1 + random.below(count)}`;
}
