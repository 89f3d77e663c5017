// The summary of a difference: the files with bars, as `hg log --stat` prints it.
import { eastAsianWidth } from 'get-east-asian-width';
import { toDisplay } from '../../base/bytePath.ts';
import type { Paint } from '../color.ts';

/** A file with the lines that were added and removed. Paths are byte strings. */
export interface CountedFile {
  readonly path: string;
  readonly renamedFrom?: string;
  readonly added: number;
  readonly removed: number;
  readonly isBinary: boolean;
}

/** Columns of a bar, at least. */
const MIN_BAR = 10;
/** Columns of a line that are neither name nor number nor bar. */
const OTHER = 6;

/** Returns the summary as a byte string; '' if there are no files. Takes the columns that a line may have. */
export function diffStat(files: readonly CountedFile[], width: number, paint: Paint): string {
  if (files.length === 0) return '';
  const rows = files.map(file => ({ ...file, name: nameOf(file), total: file.added + file.removed }));
  const nameWidth = Math.max(...rows.map(({ name }) => displayWidth(name)));
  const most = Math.max(...rows.map(({ total }) => total));
  const countWidth = Math.max(String(most).length, files.some(({ isBinary }) => isBinary) ? 3 : 0);
  const barWidth = Math.max(width - countWidth - nameWidth - OTHER, MIN_BAR);
  const scaled = (count: number): number =>
    most <= barWidth ? count : Math.max(Math.floor((count * barWidth) / most), Math.min(count, 1));
  let [added, removed] = [0, 0];
  const lines = rows.map(row => {
    added += row.added;
    removed += row.removed;
    const count = (row.isBinary ? 'Bin' : String(row.total)).padStart(countWidth);
    const bar = [
      paint('diffstat.inserted', '+'.repeat(scaled(row.added))),
      paint('diffstat.deleted', '-'.repeat(scaled(row.removed))),
    ].join('');
    return ` ${row.name}${' '.repeat(nameWidth - displayWidth(row.name))} |  ${count} ${bar}\n`;
  });
  return `${lines.join('')} ${files.length} files changed, ${added} insertions(+), ${removed} deletions(-)\n`;
}

function nameOf({ path, renamedFrom }: CountedFile): string {
  return renamedFrom === undefined ? path : `${renamedFrom} => ${path}`;
}

function displayWidth(bytes: string): number {
  let width = 0;
  for (const character of toDisplay(bytes)) width += eastAsianWidth(character.codePointAt(0)!);
  return width;
}
