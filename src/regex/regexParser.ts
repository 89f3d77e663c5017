// Parses Python's regular expressions over bytes into a syntax tree, as its `re` module (3.11 and later) reads them.
// Rejects every pattern that the module rejects, because Mercurial aborts on such a pattern.
import {
  ALL_BYTES,
  EMPTY,
  NOT_NEWLINE,
  foldCase,
  sequence,
  singleByte,
  type AnchorNode,
  type RegexNode,
  type SetNode,
} from './regexSyntax.ts';
import { FLAG_LETTERS, RegexScanner, isDigit, isFlag, isOctal } from './regexScanner.ts';
import { CATEGORIES, characterClass, commonEscape } from './regexClass.ts';
import { fixedWidth, widthOf, type Width } from './regexWidth.ts';

/** Thrown for a pattern nested so deeply that reading it would be a risk of its own. Python gives up at about 480. */
export class RegexTooDeepError extends Error {
  constructor() {
    super('nested too deeply');
    this.name = 'RegexTooDeepError';
  }
}

/** Groups within groups. */
const MAX_DEPTH = 250;

/** Python's own limit on a repetition count. */
const MAX_REPEAT = 4294967295;

/**
 * The tree of a pattern given as a byte string. The top is an alternation whenever the pattern has a '|' at its top.
 * Throws a RegexSyntaxError for what Python rejects, or a RegexTooDeepError.
 */
export function parseRegex(pattern: string): RegexNode {
  const parser = new Parser(pattern);
  return parser.parse();
}

interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly verbose: boolean;
}

const NO_FLAGS: Flags = { ignoreCase: false, multiline: false, dotAll: false, verbose: false };

const ESCAPED_ANCHORS = new Map<string, AnchorNode['at']>([
  ['A', 'start'],
  ['Z', 'end'],
  // Since Python 3.14.
  ['z', 'end'],
  ['b', 'wordBoundary'],
  ['B', 'notWordBoundary'],
]);

// Trees of large ignore files are mostly literals, which are therefore shared.
const LITERALS = Array.from({ length: 256 }, (_, byte): SetNode => ({ type: 'set', set: singleByte(byte) }));
const FOLDED_LITERALS = LITERALS.map(({ set }): SetNode => ({ type: 'set', set: foldCase(set) }));
const ANY_BYTE: SetNode = { type: 'set', set: ALL_BYTES };
const NOT_NEWLINE_BYTE: SetNode = { type: 'set', set: NOT_NEWLINE };

const IDENTIFIER = /^[\p{XID_Start}_]\p{XID_Continue}*$/u;

interface Item {
  readonly node: RegexNode;
  /** Quantifiers may not follow an anchor, nor another quantifier. */
  readonly origin: 'atom' | 'anchor' | 'repeat';
}

class Parser {
  readonly #in: RegexScanner;
  #depth = 0;
  #groupCount = 0;
  readonly #names = new Map<string, number>();
  readonly #openGroups = new Set<number>();
  readonly #groupWidths = new Map<number, Width>();
  /** While inside a lookbehind: the number of groups there were when the outermost one began. */
  #lookbehindGroups: number | undefined;
  /** Highest group that a conditional asked for, and where. */
  #highestCondition: { index: number; position: number } = { index: 0, position: 0 };
  #globalFlags = NO_FLAGS;

  constructor(text: string) {
    this.#in = new RegexScanner(text);
  }

  parse(): RegexNode {
    const node = this.#alternation(this.#leadingFlags(), true);
    if (this.#in.at < this.#in.text.length) this.#in.fail('unbalanced parenthesis', this.#in.at);
    if (this.#highestCondition.index > this.#groupCount) {
      this.#in.fail('invalid group reference', this.#highestCondition.position);
    }
    return node;
  }

  /** Flags at the very start hold for the whole pattern; anywhere else Python rejects them. */
  #leadingFlags(): Flags {
    for (let more = true; more;) {
      more = false;
      if (this.#globalFlags.verbose) this.#in.skipSpace();
      const start = this.#in.at;
      if (this.#in.text.startsWith('(?#', start)) {
        this.#in.at += 3;
        more = this.#in.skipComment(')', start);
        if (!more) this.#in.at = start;
        continue;
      }
      if (this.#in.text.startsWith('(?', start) && FLAG_LETTERS.includes(this.#in.text[start + 2] ?? ' ')) {
        this.#in.at += 2;
        const flags = this.#flags(this.#globalFlags);
        if (flags.scoped) {
          this.#in.at = start;
        } else {
          this.#globalFlags = flags.flags;
          more = true;
        }
      }
    }
    return this.#globalFlags;
  }

  #alternation(flags: Flags, top = false): RegexNode {
    if (++this.#depth > MAX_DEPTH) throw new RegexTooDeepError();
    const starts = [top ? 0 : this.#in.at];
    const branches = [this.#sequence(flags)];
    while (this.#in.take('|')) {
      starts.push(this.#in.at);
      branches.push(this.#sequence(flags));
    }
    this.#depth--;
    return branches.length === 1 ? branches[0]! : { type: 'alternation', branches, starts };
  }

  #sequence(flags: Flags): RegexNode {
    const items: Item[] = [];
    for (;;) {
      if (flags.verbose) this.#in.skipSpace();
      const start = this.#in.at;
      const char = this.#in.text[start];
      if (char === undefined || char === '|' || char === ')') break;
      this.#in.at++;
      switch (char) {
        case '\\':
          items.push(this.#escape(flags, start));
          break;
        case '[':
          items.push(atom({ type: 'set', set: characterClass(this.#in, flags.ignoreCase, start) }));
          break;
        case '.':
          items.push(atom(flags.dotAll ? ANY_BYTE : NOT_NEWLINE_BYTE));
          break;
        case '^':
          items.push(anchor(flags.multiline ? 'lineStart' : 'start'));
          break;
        case '$':
          items.push(anchor(flags.multiline ? 'lineEnd' : 'endOrFinalNewline'));
          break;
        case '(': {
          const node = this.#group(flags, start);
          if (node !== undefined) items.push(atom(node));
          break;
        }
        case '*':
          this.#repeat(items, 0, Infinity, start);
          break;
        case '+':
          this.#repeat(items, 1, Infinity, start);
          break;
        case '?':
          this.#repeat(items, 0, 1, start);
          break;
        case '{': {
          const counts = this.#counts(start);
          if (counts === undefined) items.push(literal(char, flags));
          else this.#repeat(items, counts.min, counts.max, start);
          break;
        }
        default:
          items.push(literal(char, flags));
      }
    }
    return sequence(items.map(item => item.node));
  }

  #repeat(items: Item[], min: number, max: number, start: number): void {
    const item = items.pop();
    if (item === undefined || item.origin === 'anchor') this.#in.fail('nothing to repeat', start);
    if (item.origin === 'repeat') this.#in.fail('multiple repeat', start);
    const mode = this.#in.take('?') ? 'lazy' : this.#in.take('+') ? 'possessive' : 'greedy';
    items.push({ node: { type: 'repeat', body: item.node, min, max, mode }, origin: 'repeat' });
  }

  /** After '{': the counts, or undefined (with nothing consumed) if the brace is an ordinary character. */
  #counts(start: number): { min: number; max: number } | undefined {
    const match = /\{(?:(\d+)(?:(,)(\d*))?|,(\d*))\}/y;
    match.lastIndex = start;
    const found = match.exec(this.#in.text);
    if (found === null) return undefined;
    this.#in.at = match.lastIndex;
    const [, low, comma, high, highOnly] = found;
    const min = low === undefined ? 0 : Number(low);
    const upper = low === undefined ? highOnly : comma === undefined ? low : high;
    const max = upper === undefined || upper === '' ? Infinity : Number(upper);
    if (min >= MAX_REPEAT || (max !== Infinity && max >= MAX_REPEAT)) {
      this.#in.fail('the repetition number is too large', start);
    }
    if (max < min) this.#in.fail('min repeat greater than max repeat', start);
    return { min, max };
  }

  #escape(flags: Flags, start: number): Item {
    const char = this.#in.text[this.#in.at];
    if (char === undefined) this.#in.fail('bad escape (end of pattern)', start);
    this.#in.at++;
    const at = ESCAPED_ANCHORS.get(char);
    if (at !== undefined) return anchor(at);
    const category = CATEGORIES.get(char);
    if (category !== undefined) return atom({ type: 'set', set: category });
    if (char === '0') {
      const octal = this.#in.while(2, isOctal);
      return byteAtom(parseInt(char + octal, 8), flags);
    }
    if (isDigit(char)) return this.#numberedEscape(char, flags, start);
    return byteAtom(commonEscape(this.#in, char, start), flags);
  }

  /** '\1' to '\99' is a group, three octal digits are a byte. */
  #numberedEscape(first: string, flags: Flags, start: number): Item {
    let digits = first;
    if (isDigit(this.#in.text[this.#in.at])) {
      digits += this.#in.text[this.#in.at++]!;
      if (isOctal(digits[0]) && isOctal(digits[1]) && isOctal(this.#in.text[this.#in.at])) {
        digits += this.#in.text[this.#in.at++]!;
        const byte = parseInt(digits, 8);
        if (byte > 0xff) this.#in.fail('octal escape value outside of range 0-0o377', start);
        return byteAtom(byte, flags);
      }
    }
    return atom(this.#reference(Number(digits), flags, start));
  }

  #reference(index: number, flags: Flags, start: number): RegexNode {
    if (index > this.#groupCount) this.#in.fail(`invalid group reference ${index}`, start);
    if (this.#openGroups.has(index)) this.#in.fail('cannot refer to an open group', start);
    this.#checkLookbehind(index, start);
    return { type: 'backreference', index, ignoreCase: flags.ignoreCase };
  }

  #checkLookbehind(index: number, start: number): void {
    if (this.#lookbehindGroups !== undefined && index > this.#lookbehindGroups) {
      this.#in.fail('cannot refer to group defined in the same lookbehind subpattern', start);
    }
  }

  /** After '('. Undefined for a comment. */
  #group(flags: Flags, start: number): RegexNode | undefined {
    if (!this.#in.take('?')) return this.#capture(flags, undefined, start);
    const char = this.#in.text[this.#in.at++] ?? '';
    switch (char) {
      case '':
        return this.#in.fail('unexpected end of pattern', start);
      case 'P':
        return this.#namedGroup(flags, start);
      case ':':
        return this.#closed(this.#alternation(flags), start);
      case '>':
        return { type: 'atomic', body: this.#closed(this.#alternation(flags), start) };
      case '#':
        if (!this.#in.skipComment(')', start)) this.#in.fail('missing ), unterminated comment', start);
        return undefined;
      case '=':
      case '!':
        return this.#look(flags, false, char === '!', start);
      case '<': {
        const kind = this.#in.text[this.#in.at++];
        if (kind !== '=' && kind !== '!') this.#in.fail('unknown extension ?<', start);
        return this.#look(flags, true, kind === '!', start);
      }
      case '(':
        return this.#conditional(flags, start);
      default: {
        if (char !== '-' && !FLAG_LETTERS.includes(char)) this.#in.fail('unknown extension', start);
        this.#in.at--;
        const scoped = this.#flags(flags);
        if (!scoped.scoped) this.#in.fail('global flags not at the start of the expression', start);
        return this.#closed(this.#alternation(scoped.flags), start);
      }
    }
  }

  #capture(flags: Flags, name: string | undefined, start: number): RegexNode {
    const index = ++this.#groupCount;
    if (name !== undefined) {
      if (this.#names.has(name)) this.#in.fail(`redefinition of group name '${name}'`, start);
      this.#names.set(name, index);
    }
    this.#openGroups.add(index);
    const body = this.#closed(this.#alternation(flags), start);
    this.#openGroups.delete(index);
    this.#groupWidths.set(index, widthOf(body, this.#groupWidths));
    return { type: 'group', index, body };
  }

  #namedGroup(flags: Flags, start: number): RegexNode {
    if (this.#in.take('<')) return this.#capture(flags, this.#name('>', start), start);
    if (!this.#in.take('=')) this.#in.fail('unknown extension ?P', start);
    const name = this.#name(')', start);
    const index = this.#names.get(name);
    if (index === undefined) this.#in.fail(`unknown group name '${name}'`, start);
    return this.#reference(index, flags, start);
  }

  #name(terminator: string, start: number): string {
    const name = this.#in.until(terminator, start);
    if (!IDENTIFIER.test(name)) this.#in.fail(`bad character in group name '${name}'`, start);
    return name;
  }

  #look(flags: Flags, behind: boolean, negative: boolean, start: number): RegexNode {
    const outer = this.#lookbehindGroups;
    if (behind) this.#lookbehindGroups ??= this.#groupCount;
    const body = this.#closed(this.#alternation(flags), start);
    this.#lookbehindGroups = outer;
    if (behind && fixedWidth(body, this.#groupWidths) === undefined)
      this.#in.fail('look-behind requires fixed-width pattern', start);
    return { type: 'look', behind, negative, body };
  }

  #conditional(flags: Flags, start: number): RegexNode {
    const name = this.#in.until(')', start);
    let index: number;
    if (IDENTIFIER.test(name)) {
      const named = this.#names.get(name);
      if (named === undefined) this.#in.fail(`unknown group name '${name}'`, start);
      index = named;
    } else {
      if (!/^\s*\+?\d+(?:_\d+)*\s*$/.test(name)) this.#in.fail(`bad character in group name '${name}'`, start);
      index = Number(name.replaceAll('_', ''));
      if (index === 0) this.#in.fail('bad group number', start);
      if (index > this.#highestCondition.index) this.#highestCondition = { index, position: start };
    }
    this.#checkLookbehind(index, start);
    const yes = this.#sequence(flags);
    const no = this.#in.take('|') ? this.#sequence(flags) : EMPTY;
    if (this.#in.text[this.#in.at] === '|') this.#in.fail('conditional backref with more than two branches', start);
    return this.#closed({ type: 'conditional', index, yes, no }, start);
  }

  /** After '(?': letters to switch on, '-' and letters to switch off, then ':' (scoped) or ')' (global). */
  #flags(outer: Flags): { flags: Flags; scoped: boolean } {
    const start = this.#in.at;
    const on = this.#in.while(Infinity, isFlag);
    if (on.includes('u')) this.#in.fail("bad inline flags: cannot use 'u' flag with a bytes pattern", start);
    if (on.includes('a') && on.includes('L')) this.#in.fail('bad inline flags: flags are incompatible', start);
    let off = '';
    if (this.#in.take('-')) {
      off = this.#in.while(Infinity, isFlag);
      if (off === '') this.#in.fail('missing flag', this.#in.at);
      if (/[aLu]/.test(off)) this.#in.fail('bad inline flags: cannot turn off', start);
      if (this.#in.text[this.#in.at] !== ':') this.#in.fail('missing :', this.#in.at);
    }
    for (const letter of on) {
      if (off.includes(letter)) this.#in.fail('bad inline flags: flag turned on and off', start);
    }
    const scoped = this.#in.take(':');
    if (!scoped && !this.#in.take(')')) this.#in.fail('missing -, : or )', this.#in.at);
    const value = (letter: string, now: boolean): boolean => on.includes(letter) || (now && !off.includes(letter));
    const flags: Flags = {
      ignoreCase: value('i', outer.ignoreCase),
      multiline: value('m', outer.multiline),
      dotAll: value('s', outer.dotAll),
      verbose: value('x', outer.verbose),
    };
    return { flags, scoped };
  }

  #closed(node: RegexNode, start: number): RegexNode {
    if (!this.#in.take(')')) this.#in.fail('missing ), unterminated subpattern', start);
    return node;
  }
}

function atom(node: RegexNode): Item {
  return { node, origin: 'atom' };
}

function anchor(at: AnchorNode['at']): Item {
  return { node: { type: 'anchor', at }, origin: 'anchor' };
}

function byteAtom(byte: number, flags: Flags): Item {
  return atom((flags.ignoreCase ? FOLDED_LITERALS : LITERALS)[byte]!);
}

function literal(char: string, flags: Flags): Item {
  return byteAtom(char.charCodeAt(0), flags);
}
