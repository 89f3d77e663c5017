// How annotated lines are written: the columns and the JSON of `hg annotate`, byte for byte, as byte strings.
import { eastAsianWidth } from 'get-east-asian-width';
import type { AnnotatedFile, FileLines, ShownChangeset } from '../backends/mercurial/commandLine/annotatedFiles.ts';
import { fromDisplay, toDisplay, type BytePath } from '../base/bytePath.ts';
import { longDate, shortDate, shortUser } from './historyText.ts';
import { jsonShownIn, nameShownIn, type ByteSink } from './io.ts';
import { jsonString } from './statusOutput.ts';

export type AnnotateColumn = 'user' | 'number' | 'changeset' | 'date' | 'file' | 'line-number';

export interface AnnotateFormat {
  readonly template: 'text' | 'json';
  readonly columns: ReadonlySet<AnnotateColumn>;
  /** Mark lines that are not committed with a plus sign, for which all others leave room. */
  readonly marksOwn: boolean;
  /** Users whole instead of short. */
  readonly verbose: boolean;
  /** Dates short instead of long. */
  readonly quiet: boolean;
}

const WORKING_COPY_NUMBER = 2147483647;
const WORKING_COPY_NODE = 'f'.repeat(40);

/** @param changesetOf takes a changelog revision; undefined for the working copy */
export function writeAnnotations(
  files: readonly AnnotatedFile[],
  format: AnnotateFormat,
  changesetOf: (revision: number | undefined) => ShownChangeset,
  sink: ByteSink,
): void {
  if (format.template === 'json') {
    const json = `[${files.map(file => jsonFile(file, format, changesetOf)).join(',')}\n]\n`;
    sink.write(jsonShownIn(sink)(json));
    return;
  }
  const shown = nameShownIn(sink);
  for (const file of files) sink.write(textFile(file, format, changesetOf, shown));
}

function jsonFile({ path, text, annotation }: AnnotatedFile, format: AnnotateFormat, changesetOf: ChangesetOf): string {
  if (annotation === undefined) return `\n {\n  "path": ${jsonString(path)}\n }`;
  const lines = linesOf(text).map((line, index) => {
    const items = new Map<string, string>([['line', jsonString(line)]]);
    const changeset = changesetOf(annotation.revisions[annotation.sources[index]!]?.changeset);
    for (const column of format.columns) {
      const [name, value] = jsonItem(column, path, annotation, index, changeset);
      items.set(name, value);
    }
    const names = [...items.keys()].sort();
    return `{${names.map(name => `"${name}": ${items.get(name)!}`).join(', ')}}`;
  });
  return `\n {\n  "lines": [${lines.join(', ')}],\n  "path": ${jsonString(path)}\n }`;
}

type ChangesetOf = (revision: number | undefined) => ShownChangeset;

function jsonItem(
  column: AnnotateColumn,
  path: BytePath,
  annotation: FileLines,
  index: number,
  changeset: ShownChangeset,
): [name: string, value: string] {
  switch (column) {
    case 'user':
      return ['user', jsonString(fromDisplay(changeset.user))];
    case 'number':
      return ['rev', String(changeset.isWorkingCopy ? WORKING_COPY_NUMBER : changeset.revision)];
    case 'changeset':
      return ['node', `"${changeset.isWorkingCopy ? WORKING_COPY_NODE : changeset.node}"`];
    case 'date':
      return ['date', `[${decimal(changeset.time)}, ${changeset.timezone}]`];
    case 'file':
      return ['path', jsonString(annotation.revisions[annotation.sources[index]!]?.path ?? path)];
    case 'line-number':
      return ['lineno', String(annotation.lineNumbers[index]!)];
  }
}

/** A number as Python writes a float. */
function decimal(time: number): string {
  return Number.isInteger(time) ? `${time}.0` : String(time);
}

function textFile(
  { path, text, annotation }: AnnotatedFile,
  format: AnnotateFormat,
  changesetOf: ChangesetOf,
  shown: (bytes: string) => string,
): string {
  if (annotation === undefined) return `${shown(path)}: binary file\n`;
  const lines = linesOf(text);
  const { columns } = format;
  const order = (['user', 'number', 'changeset', 'date', 'file', 'line-number'] as const).filter(name =>
    columns.has(name),
  );
  const rows = lines.map((_, index) => {
    const revision = annotation.revisions[annotation.sources[index]!];
    const changeset = changesetOf(revision?.changeset);
    const plus = changeset.isWorkingCopy ? '+' : format.marksOwn ? ' ' : '';
    const item = (column: AnnotateColumn): string =>
      textItem(column, changeset, revision?.path ?? path, annotation, index, plus, format);
    return order.map(column => shown(item(column)));
  });
  const widths = order.map((_, column) => rows.reduce((width, items) => Math.max(width, widthOf(items[column]!)), 0));
  const end = (index: number): string => (annotation.skipped[index] === 1 ? '* ' : ': ');
  let out = '';
  for (const [index, line] of lines.entries()) {
    const items = rows[index]!.map((item, column) => {
      const padding = ' '.repeat(widths[column]! - widthOf(item));
      const separator = column === 0 ? '' : order[column] === 'line-number' ? ':' : ' ';
      return separator + padding + item;
    });
    out += items.join('') + end(index) + line;
  }
  return lines.length > 0 && !lines.at(-1)!.endsWith('\n') ? `${out}\n` : out;
}

function textItem(
  column: AnnotateColumn,
  { revision, node, user, time, timezone }: ShownChangeset,
  path: BytePath,
  annotation: FileLines,
  index: number,
  plus: string,
  { columns, verbose, quiet }: AnnotateFormat,
): string {
  switch (column) {
    case 'user': {
      const bytes = fromDisplay(user);
      return verbose ? bytes : shortUser(bytes);
    }
    case 'number':
      return columns.has('changeset') ? String(revision) : `${revision}${plus}`;
    case 'changeset':
      return `${node.slice(0, 12)}${plus}`;
    case 'date':
      return quiet ? shortDate(time, timezone) : longDate(time, timezone);
    case 'file':
      return path;
    case 'line-number':
      return String(annotation.lineNumbers[index]!);
  }
}

/** Lines with their ends, as byte strings. */
function linesOf(text: Buffer): string[] {
  return text.toString('latin1').match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Columns that a byte string takes on a terminal, as Mercurial counts. */
function widthOf(bytes: string): number {
  let width = 0;
  for (const character of toDisplay(bytes)) width += eastAsianWidth(character.codePointAt(0)!);
  return width;
}
