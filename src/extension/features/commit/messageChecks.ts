// Finds problems in a commit message: a long first line, text right below it, long lines. Pure functions, for tests.

export interface MessageLimits {
  /** Characters of the first line; 0 for any number. */
  readonly subjectLength: number;
  /** Characters of each other line; 0 for any number. */
  readonly lineLength: number;
}

export interface MessageProblem {
  readonly kind: 'subject' | 'second-line' | 'line';
  /** In the text, from 0. */
  readonly line: number;
  /** Where in the line it begins, and where it ends. */
  readonly start: number;
  readonly end: number;
  /** In the message, from 1: lines above the message do not count. */
  readonly number: number;
  /** Characters of the line. */
  readonly length: number;
  /** Characters that it may have; 0 where that is not the problem. */
  readonly limit: number;
}

/** Lines that begin so are no part of the message. */
export const HELP_PREFIX = 'HG:';

/** Returns the problems of a message as it is typed. Blank lines above it and lines of help do not belong to it. */
export function problemsOf(text: string, { subjectLength, lineLength }: MessageLimits): MessageProblem[] {
  const problems: MessageProblem[] = [];
  let number = 0;
  for (const [line, whole] of text.split(/\r?\n/).entries()) {
    const content = whole.trimEnd();
    if (whole.startsWith(HELP_PREFIX) || (number === 0 && content === '')) continue;
    number++;
    const { length } = content;
    const place = { line, end: length, number, length };
    if (number === 2 && length > 0) problems.push({ kind: 'second-line', ...place, start: 0, limit: 0 });
    const limit = number === 1 ? subjectLength : lineLength;
    if (limit > 0 && length > limit) {
      problems.push({ kind: number === 1 ? 'subject' : 'line', ...place, start: limit, limit });
    }
  }
  return problems;
}
