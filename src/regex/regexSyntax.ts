// The syntax tree of a regular expression over bytes. It has no flags: letter case is folded into the sets, '.' is a
// set, and each anchor has its exact meaning.

/** A set of bytes: bit n is byte n. */
export type ByteSet = bigint;

export const NO_BYTES: ByteSet = 0n;
export const ALL_BYTES: ByteSet = (1n << 256n) - 1n;

const SINGLE: readonly ByteSet[] = Array.from({ length: 256 }, (_, byte) => 1n << BigInt(byte));

export function byteRange(low: number, high: number): ByteSet {
  return (1n << BigInt(high + 1)) - (1n << BigInt(low));
}

export function singleByte(byte: number): ByteSet {
  return SINGLE[byte] ?? NO_BYTES;
}

export const NEWLINE = singleByte(0x0a);
export const SLASH = singleByte(0x2f);
export const NOT_NEWLINE: ByteSet = ALL_BYTES ^ NEWLINE;
export const DIGITS = byteRange(0x30, 0x39);
export const SPACES = byteRange(0x09, 0x0d) | singleByte(0x20);
export const WORD_BYTES = DIGITS | byteRange(0x41, 0x5a) | byteRange(0x61, 0x7a) | singleByte(0x5f);

const UPPER = byteRange(0x41, 0x5a);
const LOWER = byteRange(0x61, 0x7a);

/** The set with both cases of each ASCII letter in it; the case of other bytes is unknown to Python's byte patterns. */
export function foldCase(set: ByteSet): ByteSet {
  return set | ((set & UPPER) << 32n) | ((set & LOWER) >> 32n);
}

export type Anchor =
  /** Start of the path. */
  | 'start'
  /** End of the path. */
  | 'end'
  /** End of the path, or before a newline that ends it: what '$' means to Python. */
  | 'endOrFinalNewline'
  | 'lineStart'
  | 'lineEnd'
  | 'wordBoundary'
  | 'notWordBoundary';

export type RegexNode =
  | SetNode
  | SequenceNode
  | AlternationNode
  | RepeatNode
  | GroupNode
  | AtomicNode
  | LookNode
  | AnchorNode
  | BackreferenceNode
  | ConditionalNode;

/** One byte out of a set. The empty set matches nothing. */
export interface SetNode {
  readonly type: 'set';
  readonly set: ByteSet;
}

/** One after the other; an empty sequence matches the empty string. */
export interface SequenceNode {
  readonly type: 'sequence';
  readonly items: readonly RegexNode[];
}

export interface AlternationNode {
  readonly type: 'alternation';
  readonly branches: readonly RegexNode[];
  /** Where in the source text each branch starts. */
  readonly starts: readonly number[];
}

export interface RepeatNode {
  readonly type: 'repeat';
  readonly body: RegexNode;
  readonly min: number;
  /** Infinity if there is no upper bound. */
  readonly max: number;
  readonly mode: 'greedy' | 'lazy' | 'possessive';
}

/** A capturing group, numbered from 1. */
export interface GroupNode {
  readonly type: 'group';
  readonly index: number;
  readonly body: RegexNode;
}

export interface AtomicNode {
  readonly type: 'atomic';
  readonly body: RegexNode;
}

export interface LookNode {
  readonly type: 'look';
  readonly behind: boolean;
  readonly negative: boolean;
  readonly body: RegexNode;
}

export interface AnchorNode {
  readonly type: 'anchor';
  readonly at: Anchor;
}

export interface BackreferenceNode {
  readonly type: 'backreference';
  readonly index: number;
  readonly ignoreCase: boolean;
}

/** Python's (?(1)yes|no). */
export interface ConditionalNode {
  readonly type: 'conditional';
  readonly index: number;
  readonly yes: RegexNode;
  readonly no: RegexNode;
}

export const EMPTY: SequenceNode = { type: 'sequence', items: [] };
export const NEVER: SetNode = { type: 'set', set: NO_BYTES };

/** A sequence without nested sequences; a single item is itself. */
export function sequence(items: readonly RegexNode[]): RegexNode {
  const flat = items.some(item => item.type === 'sequence')
    ? items.flatMap(item => (item.type === 'sequence' ? item.items : [item]))
    : items;
  return flat.length === 1 ? flat[0]! : { type: 'sequence', items: flat };
}

export function itemsOf(node: RegexNode): readonly RegexNode[] {
  return node.type === 'sequence' ? node.items : [node];
}
