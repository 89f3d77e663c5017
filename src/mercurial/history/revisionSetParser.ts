// Parses Mercurial's language for sets of revisions into a tree.
import { QuicksilverError } from '../../base/errors.ts';

export type SetNode =
  /** A name, a number, a node or a text in quotes. */
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'range' | 'dagRange'; readonly from: SetNode | undefined; readonly to: SetNode | undefined }
  | { readonly kind: 'and' | 'or' | 'minus'; readonly left: SetNode; readonly right: SetNode }
  | { readonly kind: 'not'; readonly set: SetNode }
  | { readonly kind: 'parent' | 'ancestor'; readonly set: SetNode; readonly number: number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly SetNode[] };

interface Token {
  readonly kind: 'symbol' | 'text' | 'operator' | 'end';
  readonly text: string;
}

const MAX_LENGTH = 10_000;
/** Parentheses and prefixes within each other. */
const MAX_DEPTH = 100;

/** How strongly operators bind: the higher first. */
const INFIX: Readonly<Record<string, number>> = {
  ...{ '~': 18, '^': 18, '::': 17, ':': 15, and: 5, '&': 5, '-': 5, or: 4, '|': 4, '+': 4 },
};
const NOT_BINDS = 10;

/**
 * Returns the tree of a set.
 * @param isName true for a known name; a symbol with '-' in it is one name only if that is known
 * @throws 'usage' for a syntax error
 */
export function parseRevisionSet(text: string, isName: (name: string) => boolean): SetNode {
  if (text.length > MAX_LENGTH) throw syntaxError('too long');
  return new Parser(tokensOf(text, isName)).parse();
}

function tokensOf(text: string, isName: (name: string) => boolean): Token[] {
  const tokens: Token[] = [];
  const pattern =
    /\s+|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(::|[():,&|+~^!-])|([\p{L}\p{N}_.@$/\u0080-\uffff][\p{L}\p{N}_.@$/\u0080-\uffff-]*)/uy;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw syntaxError(`at '${text.slice(at, at + 10)}'`);
    const [, single, double, operator, symbol] = match;
    const quoted = single ?? double;
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replace(/\\(.)/g, '$1') });
    else if (operator !== undefined) tokens.push({ kind: 'operator', text: operator });
    else if (symbol !== undefined) tokens.push(...symbolTokens(symbol, isName));
  }
  return [...tokens, { kind: 'end', text: '' }];
}

function symbolTokens(symbol: string, isName: (name: string) => boolean): Token[] {
  const made = (text: string): Token =>
    /^(?:and|or|not)$/.test(text) ? { kind: 'operator', text } : { kind: 'symbol', text };
  if (!symbol.includes('-') || isName(symbol)) return [made(symbol)];
  return symbol
    .split(/(-)/)
    .filter(part => part !== '')
    .map(part => (part === '-' ? { kind: 'operator', text: part } : made(part)));
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): SetNode {
    const set = this.#expression(0);
    if (this.#next.kind !== 'end') throw syntaxError(`at '${this.#next.text}'`);
    return set;
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  #isOperator(text: string): boolean {
    const { kind, text: next } = this.#next;
    return kind === 'operator' && next === text;
  }

  #take(text: string): boolean {
    if (!this.#isOperator(text)) return false;
    this.#at++;
    return true;
  }

  /** True if an operand can begin here. */
  #startsOperand(): boolean {
    const { kind, text } = this.#next;
    return kind === 'symbol' || kind === 'text' || (kind === 'operator' && /^(?:\(|not|!|::|:|-)$/.test(text));
  }

  #expression(binding: number): SetNode {
    if (++this.#depth > MAX_DEPTH) throw syntaxError('too deep');
    let left = this.#operand();
    for (;;) {
      const { kind, text } = this.#next;
      const strength = kind === 'operator' ? INFIX[text] : undefined;
      if (strength === undefined || strength <= binding) break;
      this.#at++;
      left = this.#infix(text, left, strength);
    }
    this.#depth--;
    return left;
  }

  #infix(operator: string, left: SetNode, strength: number): SetNode {
    switch (operator) {
      case '^':
      case '~': {
        const number = this.#next.kind === 'symbol' && /^\d{1,9}$/.test(this.#next.text) ? this.#next.text : undefined;
        if (number !== undefined) this.#at++;
        if (number === undefined && operator === '~') throw syntaxError("'~' needs a number");
        const kind = operator === '^' ? 'parent' : 'ancestor';
        return { kind, set: left, number: Number(number ?? 1) };
      }
      case '::':
      case ':': {
        const to = this.#startsOperand() ? this.#expression(strength) : undefined;
        return { kind: operator === ':' ? 'range' : 'dagRange', from: left, to };
      }
      default: {
        const right = this.#expression(strength);
        const kind = operator === '-' ? 'minus' : /^(?:and|&)$/.test(operator) ? 'and' : 'or';
        return { kind, left, right };
      }
    }
  }

  #operand(): SetNode {
    const { kind, text } = this.#next;
    if (kind === 'symbol' || kind === 'text') {
      this.#at++;
      return kind === 'symbol' && this.#take('(') ? this.#call(text) : { kind: 'name', text };
    }
    if (this.#take('(')) {
      const set = this.#expression(0);
      if (!this.#take(')')) throw syntaxError("')' is missing");
      return set;
    }
    if (this.#take('not') || this.#take('!')) return { kind: 'not', set: this.#expression(NOT_BINDS) };
    if (this.#take('::')) return { kind: 'dagRange', from: undefined, to: this.#expression(17) };
    if (this.#take(':')) {
      return { kind: 'range', from: undefined, to: this.#startsOperand() ? this.#expression(15) : undefined };
    }
    if (this.#take('-') && this.#next.kind === 'symbol' && /^\d+$/.test(this.#next.text)) {
      const number = this.#next.text;
      this.#at++;
      return { kind: 'name', text: `-${number}` };
    }
    throw syntaxError(kind === 'end' ? 'at the end' : `at '${text}'`);
  }

  #call(name: string): SetNode {
    const args: SetNode[] = [];
    if (this.#take(')')) return { kind: 'call', name, args };
    do args.push(this.#expression(0));
    while (this.#take(','));
    if (!this.#take(')')) throw syntaxError("')' is missing");
    return { kind: 'call', name, args };
  }
}

function syntaxError(where: string): QuicksilverError {
  return new QuicksilverError('usage', `the set of revisions cannot be read: ${where}`);
}
