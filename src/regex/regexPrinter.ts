// A syntax tree as the source of a JavaScript RegExp (no flags), or of an RE2 expression. Both match strings in which a
// character is a byte.
import {
  ALL_BYTES,
  NO_BYTES,
  type Anchor,
  type ByteSet,
  type LookNode,
  type RegexNode,
  type RepeatNode,
} from './regexSyntax.ts';
import { widthOf } from './regexWidth.ts';

/** RE2 repeats nothing more often than this. */
const RE2_MAX_REPEAT = 1000;

/** JavaScript source. Captures are numbered from 1, so the source may not be joined with another that has captures. */
export function printJavaScript(node: RegexNode): string {
  return new JavaScriptPrinter().print(node);
}

/** Returns RE2 source; undefined if RE2 cannot express it (look-around, references, an anchor in an unusual place). */
export function printRe2(node: RegexNode): string | undefined {
  return re2(node, true);
}

class JavaScriptPrinter {
  #captures = 0;
  readonly #numbers = new Map<number, number>();

  print(node: RegexNode): string {
    switch (node.type) {
      case 'set':
        return printSet(node.set);
      case 'anchor':
        return JAVASCRIPT_ANCHORS[node.at];
      case 'sequence':
        return node.items.map(item => this.#item(item)).join('');
      case 'alternation':
        return node.branches.map(branch => this.print(branch)).join('|');
      case 'group': {
        const number = ++this.#captures;
        this.#numbers.set(node.index, number);
        return `(${this.print(node.body)})`;
      }
      case 'atomic':
        return this.#atomic(() => this.print(node.body));
      case 'repeat':
        if (node.mode === 'possessive') return this.#atomic(() => this.#repeat({ ...node, mode: 'greedy' }));
        return this.#repeat(node);
      case 'look':
        return `(?${lookKind(node)}${this.print(node.body)})`;
      case 'backreference':
        // The empty group keeps a digit that follows from becoming part of the number.
        return `(?:\\${this.#numbers.get(node.index) ?? 0})`;
      case 'conditional':
        throw new TypeError('conditionals are resolved before printing');
    }
  }

  /** JavaScript tries on where an optional body matches nothing, and Python goes on. Branches do the latter in both. */
  #repeat(node: RepeatNode): string {
    if (node.min === 0 && node.max === 1 && widthOf(node.body).min === 0) {
      return node.mode === 'lazy' ? `(?:|${this.print(node.body)})` : `(?:${this.print(node.body)}|)`;
    }
    return `${operand(node.body, this.print(node.body))}${quantifier(node)}${node.mode === 'lazy' ? '?' : ''}`;
  }

  /** JavaScript's look-ahead does not go back into itself either: capture what it saw, then consume just that. */
  #atomic(body: () => string): string {
    const number = ++this.#captures;
    return `(?:(?=(${body()}))\\${number})`;
  }

  #item(node: RegexNode): string {
    const text = this.print(node);
    return node.type === 'alternation' ? `(?:${text})` : text;
  }
}

const JAVASCRIPT_ANCHORS: Readonly<Record<Anchor, string>> = {
  start: '^',
  end: '$',
  endOrFinalNewline: '(?=\\n?$)',
  lineStart: '(?<![^\\n])',
  lineEnd: '(?![^\\n])',
  wordBoundary: '\\b',
  // Python has no boundaries, of neither kind, in an empty string.
  notWordBoundary: '(?!^$)\\B',
};

function lookKind(node: LookNode): string {
  return (node.behind ? '<' : '') + (node.negative ? '!' : '=');
}

/** `tail`: nothing comes after the node but another '$'. */
function re2(node: RegexNode, tail: boolean): string | undefined {
  switch (node.type) {
    case 'set':
      return printSet(node.set);
    case 'anchor':
      return re2Anchor(node.at, tail);
    case 'sequence': {
      let text = '';
      const last = node.items.findLastIndex(item => item.type !== 'anchor' || item.at !== 'endOrFinalNewline');
      for (const [index, item] of node.items.entries()) {
        const part = re2(item, tail && index >= last);
        if (part === undefined) return undefined;
        text += item.type === 'alternation' ? `(?:${part})` : part;
      }
      return text;
    }
    case 'alternation': {
      const parts: string[] = [];
      for (const branch of node.branches) {
        const part = re2(branch, tail);
        if (part === undefined) return undefined;
        parts.push(part);
      }
      return parts.join('|');
    }
    case 'repeat': {
      if (node.mode === 'possessive') return undefined;
      if (node.min > RE2_MAX_REPEAT || (node.max !== Infinity && node.max > RE2_MAX_REPEAT)) return undefined;
      const body = re2(node.body, tail && node.max <= 1);
      return body === undefined ? undefined : `${operand(node.body, body)}${quantifier(node)}`;
    }
    case 'group':
    case 'atomic':
    case 'look':
    case 'backreference':
    case 'conditional':
      return undefined;
  }
}

function re2Anchor(at: Anchor, tail: boolean): string | undefined {
  switch (at) {
    case 'start':
      return '\\A';
    case 'end':
      return '\\z';
    case 'endOrFinalNewline':
      // Without look-ahead the newline has to be consumed, which only matters if something comes after it.
      return tail ? '(?:\\n?\\z)' : undefined;
    case 'lineStart':
      return '(?m:^)';
    case 'lineEnd':
      return '(?m:$)';
    case 'wordBoundary':
      return '\\b';
    case 'notWordBoundary':
      return undefined;
  }
}

function operand(node: RegexNode, text: string): string {
  return node.type === 'set' || node.type === 'group' ? text : `(?:${text})`;
}

function quantifier({ min, max }: RepeatNode): string {
  if (max === Infinity) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  if (min === 0 && max === 1) return '?';
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

const printedSets = new Map<ByteSet, string>([
  [ALL_BYTES, '[\\x00-\\xff]'],
  [NO_BYTES, '[^\\x00-\\xff]'],
]);

/** Remembered sets are few in practice; a hostile file must not make us remember any number of them. */
const MAX_REMEMBERED_SETS = 4096;

/** A class, or a single (escaped) character; both engines read it alike. */
export function printSet(set: ByteSet): string {
  let text = printedSets.get(set);
  if (text === undefined) {
    text = formatSet(set);
    if (printedSets.size < MAX_REMEMBERED_SETS) printedSets.set(set, text);
  }
  return text;
}

function formatSet(set: ByteSet): string {
  const ranges = rangesOf(set);
  const [first] = ranges;
  if (ranges.length === 1 && first![0] === first![1]) return printByte(first![0]);
  const complement = complementOf(ranges);
  const negated = complement.length < ranges.length;
  const body = (negated ? complement : ranges)
    .map(([low, high]) => printByte(low) + (high > low + 1 ? '-' : '') + (high > low ? printByte(high) : ''))
    .join('');
  return `[${negated ? '^' : ''}${body}]`;
}

function rangesOf(set: ByteSet): [number, number][] {
  const ranges: [number, number][] = [];
  let last: [number, number] | undefined;
  // In words: an operation on each bit of a number of this length costs more than all else that is done with a pattern.
  for (let word = 0; word < 8; word++) {
    const bits = Number(BigInt.asUintN(32, set >> BigInt(32 * word)));
    if (bits === 0) continue;
    for (let bit = 0; bit < 32; bit++) {
      if (((bits >>> bit) & 1) === 0) continue;
      const byte = 32 * word + bit;
      if (last?.[1] === byte - 1) {
        last[1] = byte;
      } else {
        last = [byte, byte];
        ranges.push(last);
      }
    }
  }
  return ranges;
}

function complementOf(ranges: readonly (readonly [number, number])[]): [number, number][] {
  const complement: [number, number][] = [];
  let next = 0;
  for (const [low, high] of ranges) {
    if (low > next) complement.push([next, low - 1]);
    next = high + 1;
  }
  if (next <= 0xff) complement.push([next, 0xff]);
  return complement;
}

function printByte(byte: number): string {
  const char = String.fromCharCode(byte);
  if (/^[a-zA-Z0-9_ ,;:<>='"@%&#~`!]$/.test(char)) return char;
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
