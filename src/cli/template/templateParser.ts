// Parses templates: the language of `hg help templates`. The rules come from that text and from the answers of
// Mercurial: test/differential/cliLogTemplate.test.ts compares them.
import { QuicksilverError } from '../../base/errors.ts';
import { LETTER_ESCAPES } from '../../base/letterEscapes.ts';

export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  /** Parts whose texts follow each other. */
  | { readonly kind: 'template'; readonly parts: readonly TemplateNode[] }
  /** A function, or the filter after a pipe, whose only argument is what is before it. */
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly TemplateNode[] }
  | { readonly kind: 'map'; readonly list: TemplateNode; readonly body: TemplateNode }
  | { readonly kind: 'member'; readonly of: TemplateNode; readonly name: string }
  | { readonly kind: 'negation'; readonly of: TemplateNode }
  | {
      readonly kind: 'operation';
      readonly operator: string;
      readonly left: TemplateNode;
      readonly right: TemplateNode;
    };

interface Token {
  readonly kind: 'symbol' | 'number' | 'string' | 'raw' | 'operator' | 'end';
  readonly text: string;
}

/** How strongly an operator between two expressions binds. */
const BINDING: Readonly<Record<string, number>> = { '.': 18, '%': 15, '|': 15, '*': 5, '/': 5, '+': 4, '-': 4 };
const NEGATION = 19;
/** Expressions within each other. */
const MAX_DEPTH = 100;

/** Returns the parsed template. Takes a byte string. Throws a 'usage' error for one that is malformed. */
export function parseTemplate(text: string, depth = 0): TemplateNode {
  if (depth > MAX_DEPTH) throw malformed('too many expressions within each other');
  const parts: TemplateNode[] = [];
  let literal = '';
  const flush = (): void => {
    if (literal !== '') parts.push({ kind: 'text', text: unescaped(literal) });
    literal = '';
  };
  for (let at = 0; at < text.length;) {
    const character = text[at]!;
    if (character === '\\') {
      literal += text.slice(at, at + 2);
      at += 2;
    } else if (character === '{') {
      flush();
      const parser = new Parser(text, at + 1, depth);
      parts.push(parser.expression(0));
      at = parser.endOfExpansion();
    } else {
      literal += character;
      at++;
    }
  }
  flush();
  return parts.length === 1 ? parts[0]! : { kind: 'template', parts };
}

class Parser {
  readonly #text: string;
  readonly #depth: number;
  #at: number;
  #token: Token;
  #level = 0;

  constructor(text: string, at: number, depth: number) {
    this.#text = text;
    this.#at = at;
    this.#depth = depth;
    this.#token = this.#next();
  }

  expression(binding: number): TemplateNode {
    if (++this.#level > MAX_DEPTH) throw malformed('too many expressions within each other');
    let left = this.#operand();
    for (;;) {
      const operator = this.#token.kind === 'operator' ? this.#token.text : '';
      const strength = BINDING[operator] ?? 0;
      if (strength === 0 || strength <= binding) break;
      this.#take();
      left = this.#combined(left, operator, this.expression(strength));
    }
    this.#level--;
    return left;
  }

  /** Returns the place after the brace that ends the expression. */
  endOfExpansion(): number {
    if (this.#token.kind !== 'end') throw malformed(`unexpected '${this.#token.text}'`);
    return this.#at;
  }

  #combined(left: TemplateNode, operator: string, right: TemplateNode): TemplateNode {
    switch (operator) {
      case '%':
        return { kind: 'map', list: left, body: right };
      case '|':
        if (right.kind !== 'name') throw malformed('a filter has a name');
        return { kind: 'call', name: right.name, args: [left] };
      case '.':
        if (right.kind !== 'name') throw malformed('a member has a name');
        return { kind: 'member', of: left, name: right.name };
      default:
        return { kind: 'operation', operator, left, right };
    }
  }

  #operand(): TemplateNode {
    const token = this.#take();
    switch (token.kind) {
      case 'number':
        return { kind: 'number', value: Number(token.text) };
      case 'raw':
        return { kind: 'text', text: token.text };
      case 'string':
        return parseTemplate(token.text, this.#depth + 1);
      case 'symbol':
        if (this.#token.text !== '(' || this.#token.kind !== 'operator') return { kind: 'name', name: token.text };
        this.#take();
        return { kind: 'call', name: token.text, args: withWords(token.text, this.#arguments()) };
      case 'operator':
        if (token.text === '-') return { kind: 'negation', of: this.expression(NEGATION) };
        if (token.text === '(') {
          const inner = this.expression(0);
          this.#expect(')');
          return inner;
        }
        break;
      case 'end':
    }
    throw malformed(token.text === '' ? 'an expression is missing' : `unexpected '${token.text}'`);
  }

  #arguments(): TemplateNode[] {
    const args: TemplateNode[] = [];
    if (this.#token.text === ')') {
      this.#take();
      return args;
    }
    for (;;) {
      args.push(this.expression(0));
      if (this.#token.kind === 'operator' && this.#token.text === '=') {
        throw new QuicksilverError('unsupported', 'named arguments in templates are not supported');
      }
      if (this.#token.text !== ',') break;
      this.#take();
    }
    this.#expect(')');
    return args;
  }

  #expect(operator: string): void {
    const token = this.#take();
    if (token.kind !== 'operator' || token.text !== operator) throw malformed(`'${operator}' is missing`);
  }

  #take(): Token {
    const token = this.#token;
    if (token.kind !== 'end') this.#token = this.#next();
    return token;
  }

  #next(): Token {
    const rest = /^\s*(?:(\})|(r?)(["'])|(\d+)|([A-Za-z_\x80-\xff][\w\x80-\xff]*)|([(),%|.=+*/-]))/.exec(
      this.#text.slice(this.#at, this.#at + 256),
    );
    if (rest === null) throw malformed('an expansion has no end');
    const [whole, end, raw, quote, number, symbol, operator] = rest;
    this.#at += whole.length;
    if (end !== undefined) return { kind: 'end', text: '' };
    if (quote !== undefined) return { kind: raw === 'r' ? 'raw' : 'string', text: this.#quoted(quote) };
    if (number !== undefined) return { kind: 'number', text: number };
    if (symbol !== undefined) return { kind: 'symbol', text: symbol };
    return { kind: 'operator', text: operator! };
  }

  #quoted(quote: string): string {
    const start = this.#at;
    for (let at = start; at < this.#text.length; at++) {
      const character = this.#text[at]!;
      if (character === '\\') at++;
      else if (character === quote) {
        this.#at = at + 1;
        return this.#text.slice(start, at);
      }
    }
    throw malformed('a string has no end');
  }
}

/** A word such as 'True' is a text where a truth value is expected: the fourth argument of 'pad'. */
function withWords(name: string, args: readonly TemplateNode[]): readonly TemplateNode[] {
  if (name !== 'pad') return args;
  return args.map((arg, index) => (index === 3 && arg.kind === 'name' ? { kind: 'text', text: arg.name } : arg));
}

const SIMPLE_ESCAPES: Readonly<Record<string, string | undefined>> = {
  ...LETTER_ESCAPES,
  '\\': '\\',
  "'": "'",
  '"': '"',
  '{': '{',
  '\n': '',
};

/** Resolves the escapes of a text. Unknown ones stay. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:x([0-9A-Fa-f]{2})|([0-7]{1,3})|([^]))/g,
    (all: string, hex?: string, octal?: string, one?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      return SIMPLE_ESCAPES[one ?? ''] ?? all;
    },
  );
}

function malformed(message: string): QuicksilverError {
  return new QuicksilverError('usage', `template: ${message}`);
}
