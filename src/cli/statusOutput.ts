// How a status is written: the lines and the JSON of `hg status`, byte for byte, as byte strings.
import type { MoreStatus } from '../backends/mercurial/commandLine/moreStatus.ts';
import { compareBytes, type BytePath } from '../base/bytePath.ts';
import { STATUS_LETTERS } from '../server/statusLetters.ts';
import type { StatusEntry } from '../status/status.ts';
import type { WorkCounters, Status } from '../status/types.ts';
import type { Paint } from './color.ts';
import { adviceFor, moreStatusLines } from './moreStatus.ts';
import { jsonShownIn, nameShownIn, type ByteSink } from './io.ts';

export interface StatusFormat {
  readonly template: 'text' | 'json';
  /** Leave out the letter in front of the path. Text only. */
  readonly noStatus: boolean;
  /** Show the sources of copies and renames. */
  readonly copies: boolean;
  /** End each line of text with NUL instead of a newline. */
  readonly print0: boolean;
  /** Colors text; JSON has none. */
  readonly paint: Paint;
  /** How text shows a path; JSON always has it as it is, relative to the root. */
  readonly displayPath: (path: BytePath) => string;
  /** The state of an unfinished operation, after the files. */
  readonly more?: MoreStatus | undefined;
  /** How that state shows a path. Default: as {@link displayPath}. */
  readonly pathFromCwd?: (path: BytePath) => string;
}

const ORDER = Object.keys(STATUS_LETTERS) as readonly Status[];
const LABELS: ReadonlyMap<Status, string> = new Map(ORDER.map(status => [status, `status.${status}`]));

/** Bytes that are collected before they are handed on: few writes, and no copy of the whole output in memory. */
const PIECE_BYTES = 256 * 1024;

/** Sorts as Mercurial lists: by status, then by the bytes of the path. Only what is in `wanted` is kept. */
export function inListingOrder(entries: Iterable<StatusEntry>, wanted: ReadonlySet<Status>): StatusEntry[] {
  const byStatus = new Map<Status, StatusEntry[]>(ORDER.map(status => [status, []]));
  for (const entry of entries) if (wanted.has(entry.status)) byStatus.get(entry.status)?.push(entry);
  return ORDER.flatMap(status =>
    (byStatus.get(status) ?? []).sort((a, b) => compareBytes(a.place ?? a.path, b.place ?? b.path)),
  );
}

/** Writes entries, which are in listing order already. */
export function writeStatus(entries: readonly StatusEntry[], format: StatusFormat, sink: ByteSink): void {
  const out = new Pieces(sink);
  if (format.template === 'json') writeJson(entries, format, out, jsonShownIn(sink));
  else writeText(entries, format, out, nameShownIn(sink));
  out.flush();
}

/**
 * Returns a path as a JSON string, in bytes. Valid UTF-8 stays; another byte becomes the UTF-8 of the lone surrogate
 * U+DC00 + byte, which is how Mercurial carries bytes through JSON. JSON.stringify would escape surrogates, and not
 * DEL.
 */
export function jsonString(path: string): string {
  if (PLAIN.test(path)) return `"${path}"`;
  const escaped = path
    .replace(ASCII_TO_ESCAPE, escapeAscii)
    .replace(NON_ASCII_RUN, run => run.replace(UNIT, carryByte));
  return `"${escaped}"`;
}

/** Returns one line about the work of a run. */
export function outcomeLine(outcome: WorkCounters, milliseconds: number): string {
  return (
    `stats: ${outcome.stats} lstat calls, ${outcome.directoriesRead} directories read, ` +
    `${outcome.filesRead} files read (${outcome.bytesRead} bytes), ${outcome.unsure} unsure, ` +
    `${milliseconds.toFixed(1)} ms`
  );
}

type Shown = (bytes: string) => string;

function writeText(entries: readonly StatusEntry[], format: StatusFormat, out: Pieces, shownName: Shown): void {
  const { paint } = format;
  const end = format.print0 ? '\0' : '\n';
  const shown = (path: BytePath): string => shownName(format.displayPath(path));
  for (const { path, status, source } of entries) {
    if (!format.noStatus) out.add(paint(LABELS.get(status)!, `${STATUS_LETTERS[status]} `));
    out.add(paint(LABELS.get(status)!, `${shown(path)}${end}`));
    if (source !== undefined && showsCopies(format)) out.add(paint('status.copied', `  ${shown(source)}${end}`));
  }
  const { more, pathFromCwd = format.displayPath } = format;
  if (more !== undefined && !format.print0) out.add(moreStatusLines(more, path => shownName(pathFromCwd(path))));
}

function writeJson(entries: readonly StatusEntry[], format: StatusFormat, out: Pieces, shownJson: Shown): void {
  const unresolved = new Set(format.more?.unresolved);
  out.add('[');
  let separator = '\n';
  for (const { path, status, source } of entries) {
    const sourceLine =
      source !== undefined && showsCopies(format) ? `  "source": ${shownJson(jsonString(source))},\n` : '';
    out.add(
      `${separator} {\n  "itemtype": "file",\n  "path": ${shownJson(jsonString(path))},\n${sourceLine}` +
        `  "status": "${STATUS_LETTERS[status]}"${unresolved.has(path) ? ',\n  "unresolved": true' : ''}\n }`,
    );
    separator = ',\n';
  }
  const operation = format.more?.operation;
  if (operation !== undefined) {
    out.add(
      `${separator} {\n  "itemtype": "morestatus",\n  "unfinished": "${operation}",\n` +
        `  "unfinishedmsg": ${jsonString(adviceFor(operation).join('\n'))}\n }`,
    );
  }
  out.add('\n]\n');
}

/** Without letters a source would look like a file, so there are none; in JSON neither. */
function showsCopies(format: StatusFormat): boolean {
  return format.copies && !format.noStatus;
}

const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
const ASCII_TO_ESCAPE = /[\x00-\x1f"\\\x7f]/g;
const NON_ASCII_RUN = /[\x80-\xff]+/g;
// Well-formed UTF-8, and also surrogates, which Mercurial lets pass, except for those that stand for bytes.
const UNIT =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\xaf\xb4-\xbf][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

function escapeAscii(character: string): string {
  return SHORT_ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function carryByte(unit: string): string {
  if (unit.length > 1) return unit;
  const code = 0xdc00 + unit.charCodeAt(0);
  return String.fromCharCode(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
}

class Pieces {
  readonly #sink: ByteSink;
  #pending: string[] = [];
  #length = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  add(bytes: string): void {
    this.#pending.push(bytes);
    this.#length += bytes.length;
    if (this.#length >= PIECE_BYTES) this.flush();
  }

  flush(): void {
    if (this.#length > 0) this.#sink.write(this.#pending.join(''));
    this.#pending = [];
    this.#length = 0;
  }
}
