// The characters of a Python regular expression, one after the other.

/** Thrown for a pattern that Python rejects. */
export class RegexSyntaxError extends Error {
  /** Index into the pattern. */
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.name = 'RegexSyntaxError';
    this.position = position;
  }
}

/** Where the reading of a pattern is. */
export class RegexScanner {
  readonly text: string;
  /** Index of the next character. */
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  until(terminator: string, start: number): string {
    const end = this.text.indexOf(terminator, this.at);
    if (end < 0) this.fail(`missing ${terminator}, unterminated name`, start);
    const name = this.text.slice(this.at, end);
    if (name === '') this.fail('missing group name', start);
    this.at = end + 1;
    return name;
  }

  skipSpace(): void {
    for (;;) {
      const char = this.text[this.at];
      if (char === '#') {
        this.skipComment('\n', this.at);
      } else if (char !== undefined && ' \t\n\r\v\f'.includes(char)) {
        this.at++;
      } else {
        return;
      }
    }
  }

  /** Skips past the terminator. Returns false at the end of the text. An escaped character does not end a comment. */
  skipComment(terminator: string, start: number): boolean {
    while (this.at < this.text.length) {
      const char = this.text[this.at++];
      if (char === terminator) return true;
      if (char !== '\\') continue;
      if (this.at === this.text.length) this.fail('bad escape (end of pattern)', start);
      this.at++;
    }
    return false;
  }

  take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  while(limit: number, test: (char: string | undefined) => boolean): string {
    const start = this.at;
    while (this.at - start < limit && test(this.text[this.at])) this.at++;
    return this.text.slice(start, this.at);
  }

  fail(message: string, position: number): never {
    throw new RegexSyntaxError(message, position);
  }
}

/** The letters of Python's inline flags. */
export const FLAG_LETTERS = 'iLmsxau';

export function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}

export function isOctal(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '7';
}

export function isHex(char: string | undefined): boolean {
  return char !== undefined && /^[0-9a-fA-F]$/.test(char);
}

export function isFlag(char: string | undefined): boolean {
  return char !== undefined && FLAG_LETTERS.includes(char);
}
