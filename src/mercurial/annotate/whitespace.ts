// White space that annotate can ignore when it compares lines.

export interface WhitespaceOptions {
  /** Ignore all spaces, tabs and carriage returns (`-w`). */
  readonly all: boolean;
  /** Ignore changes in their amount (`-b`). */
  readonly amount: boolean;
  /** Ignore them at the end of a line (`-Z`). */
  readonly endOfLine: boolean;
}

export const KEEP_WHITESPACE: WhitespaceOptions = { all: false, amount: false, endOfLine: false };

const NEWLINE = 0x0a;

/**
 * Returns the text in the form in which its lines are compared. It has the same number of lines, or one less: a last
 * line of white space without a line break may go.
 */
export function comparableText(text: Buffer, { all, amount, endOfLine }: WhitespaceOptions): Buffer {
  if (!all && !amount && !endOfLine) return text;
  let lines = text.toString('latin1');
  if (all) lines = lines.replace(/[ \t\r]+/g, '');
  else if (amount) lines = lines.replace(/[ \t\r]+/g, ' ').replaceAll(' \n', '\n');
  if (endOfLine) lines = lines.replace(/[ \t\r\f]+\n/g, '\n');
  return Buffer.from(lines, 'latin1');
}

/** The lines of a text; bytes after the last line break are a line, too. */
export function countLines(text: Buffer): number {
  let lines = text.length > 0 && text.at(-1) !== NEWLINE ? 1 : 0;
  for (let at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}
