// Colors of differences: which labels the parts of each line have, as `hg log --patch --color=debug` shows them.
import type { Paint } from '../color.ts';

/** Beginnings of the lines before the hunks of a file, with their labels. */
const HEADERS: readonly (readonly [beginning: string, label: string])[] = [
  ['---', 'diff.file_a'],
  ['+++', 'diff.file_b'],
  ...[
    'index',
    'copy from',
    'copy to',
    'rename from',
    'rename to',
    'old mode',
    'new mode',
    'new file',
    'deleted file',
  ].map(beginning => [beginning, 'diff.extended'] as const),
];
/** Text, white space at its end, and carriage returns before the newline. */
const LINE = /^([^]*?)([\t\v\f\r ]*?)(\r*)$/;
const TABS = /(\t+)/;

/** Returns the difference of one file or of several, a byte string, with colors. */
export function paintedDiff(diff: string, paint: Paint): string {
  let isInHunk = false;
  const lines = diff.split('\n').map(line => {
    if (line.startsWith('diff ')) {
      isInHunk = false;
      return paint('diff.diffline', line);
    }
    if (line.startsWith('@')) {
      isInHunk = true;
      return paint('diff.hunk', line);
    }
    if (!isInHunk) {
      const header = HEADERS.find(([beginning]) => line.startsWith(beginning));
      return header === undefined ? line : paint(header[1], line);
    }
    if (line.startsWith('+')) return paintedLine(line, 'diff.inserted', paint);
    if (line.startsWith('-')) return paintedLine(line, 'diff.deleted', paint);
    return line;
  });
  return lines.join('\n');
}

function paintedLine(line: string, label: string, paint: Paint): string {
  const [, text = '', space = '', end = ''] = LINE.exec(line)!;
  const pieces = text.split(TABS).map(piece => {
    if (piece === '') return '';
    return paint(piece.startsWith('\t') ? 'diff.tab' : label, piece);
  });
  return pieces.join('') + (space === '' ? '' : paint('diff.trailingwhitespace', space)) + end;
}
