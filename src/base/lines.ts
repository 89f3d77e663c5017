// Lines and their ends, in time linear in the text: `/\s+$/` tries anew at each blank within a line.

/** The white space of C and Python in ASCII. */
export const WHITE_SPACE = ' \t\n\r\v\f';

/** The text without the characters of `blank` at its end. */
export function withoutTrailing(text: string, blank: string): string {
  let end = text.length;
  while (end > 0 && blank.includes(text[end - 1]!)) end--;
  return end === text.length ? text : text.slice(0, end);
}

/**
 * Yields the text between newlines, as `split` does, one at a time. A file of millions of empty lines needs no memory
 * for them.
 */
export function* linesOf(text: string): Generator<string> {
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    yield text.slice(start, end);
    start = end + 1;
  }
  yield text.slice(start);
}
