// Lines and their ends, in time that grows with the text and nothing else: `/\s+$/` tries anew at each blank within a line.

/** The text without the characters of `blank` at its end. */
export function withoutTrailing(text: string, blank: string): string {
  let end = text.length;
  while (end > 0 && blank.includes(text[end - 1]!)) end--;
  return end === text.length ? text : text.slice(0, end);
}

/**
 * What stands between newlines, as `split` gives it, one after the other: a file of millions of empty lines needs no
 * memory for them.
 */
export function* linesOf(text: string): Generator<string> {
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    yield text.slice(start, end);
    start = end + 1;
  }
  yield text.slice(start);
}
