// One configuration file of Git: sections, subsections, keys and values.
import { QuicksilverError } from '../../base/errors.ts';

export interface ConfigItem {
  /** `section.key` or `section.subsection.key`; section and key in lower case, the subsection as written. */
  readonly name: string;
  /** A byte string; undefined for a key without `=`, which means true. */
  readonly value: string | undefined;
  readonly line: number;
}

/** The most that the names of a file may have together: each has that of its section. */
const MAX_NAME_BYTES = 16 * 1024 * 1024;

const BOM = '\xef\xbb\xbf';
const ESCAPES: Readonly<Record<string, string | undefined>> = { t: '\t', b: '\b', n: '\n', '"': '"', '\\': '\\' };

/**
 * Parses a file, given as a byte string. Throws 'invalid-config' where Git refuses the file, and 'unsupported' if its
 * names are too long.
 * @param file names it in errors
 */
export function parseConfig(text: string, file: string): ConfigItem[] {
  const parser = new Parser(text, file);
  parser.run();
  return parser.items;
}

/** As {@link parseConfig}; where Git refuses the file, returns the items before that place. */
export function parseConfigBeforeErrors(text: string, file: string): ConfigItem[] {
  const parser = new Parser(text, file);
  try {
    parser.run();
  } catch (error) {
    if (!(error instanceof QuicksilverError) || error.code !== 'invalid-config') throw error;
  }
  return parser.items;
}

class Parser {
  readonly items: ConfigItem[] = [];
  readonly #text: string;
  readonly #file: string;
  #at = 0;
  #line = 1;
  #nameBytes = 0;
  #section: string | undefined;

  constructor(text: string, file: string) {
    // CR LF ends a line as LF does.
    this.#text = (text.startsWith(BOM) ? text.slice(BOM.length) : text).replaceAll('\r\n', '\n');
    this.#file = file;
  }

  run(): void {
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at]!;
      if (character === '\n') this.#newline();
      else if (isBlank(character)) this.#at++;
      else if (character === '#' || character === ';') this.#skipLine();
      else if (character === '[') this.#readSection();
      else this.#readKey();
    }
  }

  #newline(): void {
    this.#at++;
    this.#line++;
  }

  #skipLine(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#text.length : end;
  }

  #readSection(): void {
    const head = /\[([A-Za-z0-9.-]+)(?:\][ \t]*|[ \t]+")/y;
    head.lastIndex = this.#at;
    const match = head.exec(this.#text);
    if (match === null) throw this.#bad();
    this.#at = head.lastIndex;
    const name = match[1]!.toLowerCase();
    if (!match[0].endsWith('"')) {
      this.#section = name;
      return;
    }
    let subsection = '';
    for (;;) {
      let character = this.#text[this.#at++];
      if (character === undefined || character === '\n') throw this.#bad();
      if (character === '"') break;
      if (character === '\\') {
        character = this.#text[this.#at++];
        if (character === undefined || character === '\n') throw this.#bad();
      }
      subsection += character;
    }
    if (this.#text[this.#at++] !== ']') throw this.#bad();
    this.#section = `${name}.${subsection}`;
  }

  #readKey(): void {
    const key = /([A-Za-z][A-Za-z0-9-]*)[ \t]*/y;
    key.lastIndex = this.#at;
    const match = key.exec(this.#text);
    if (match === null || this.#section === undefined) throw this.#bad();
    this.#at = key.lastIndex;
    const line = this.#line;
    const name = `${this.#section}.${match[1]!.toLowerCase()}`;
    this.#nameBytes += name.length;
    if (this.#nameBytes > MAX_NAME_BYTES + 4 * this.#text.length) {
      throw new QuicksilverError('unsupported', `${this.#file}: the names are too long`, { file: this.#file });
    }
    const next = this.#text[this.#at];
    if (next === '=') {
      this.#at++;
      this.items.push({ name, value: this.#readValue(), line });
    } else if (next === undefined || next === '\n') {
      this.items.push({ name, value: undefined, line });
    } else {
      throw this.#bad();
    }
  }

  /** Up to the end of the line: outer blanks are cut, quotes keep blanks and comment characters. */
  #readValue(): string {
    let value = '';
    let isQuoted = false;
    /** Blanks that count only if something follows. */
    let blanks = '';
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined || character === '\n') {
        if (isQuoted) throw this.#bad();
        return value;
      }
      this.#at++;
      if (!isQuoted && isBlank(character)) {
        if (value !== '') blanks += character;
        continue;
      }
      if (!isQuoted && (character === '#' || character === ';')) {
        this.#skipLine();
        return value;
      }
      value += blanks;
      blanks = '';
      if (character === '\\') {
        const escaped = this.#text[this.#at++];
        if (escaped === '\n') {
          this.#line++;
          continue;
        }
        const meant = escaped === undefined ? undefined : ESCAPES[escaped];
        if (meant === undefined) throw this.#bad();
        value += meant;
      } else if (character === '"') {
        isQuoted = !isQuoted;
      } else {
        value += character;
      }
    }
  }

  #bad(): QuicksilverError {
    return new QuicksilverError('invalid-config', `${this.#file}:${this.#line}: bad config line`, {
      file: this.#file,
      line: this.#line,
    });
  }
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\f' || character === '\v';
}
