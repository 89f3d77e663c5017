// The forms in which `brz status` writes: long, short, and JSON.
import { isUtf8, toDisplay, type BytePath } from '../../base/bytePath.ts';
import {
  inShortOrder,
  inWalkOrder,
  isExecutableChanged,
  lettersOf,
  listedPath,
  type BazaarChange,
  type ChangeKind,
} from '../../backends/bazaar/changes.ts';
import type { PendingMerge } from '../../backends/bazaar/pendingMerges.ts';
import type { BazaarConflict } from '../../bazaar/repository/conflicts.ts';
import { jsonShownIn, lineShownIn, utf8Bytes, type ByteSink } from '../io.ts';
import { pendingLines, type PendingForm } from './pendingLines.ts';

export interface BazaarOutput {
  readonly changes: readonly BazaarChange[];
  readonly conflicts: readonly BazaarConflict[];
  readonly ignored: readonly BytePath[];
  readonly missing: readonly BytePath[];
  readonly pending: readonly PendingMerge[];
  /** 0 if shelves are not reported. */
  readonly shelves: number;
  readonly parents: readonly string[];
}

export interface BazaarForm {
  readonly form: 'long' | 'short' | 'json';
  readonly verbose: boolean;
  readonly showIds: boolean;
  readonly classify: boolean;
  readonly quiet: boolean;
  /** True if the changes are since another revision than the first parent. */
  readonly ofRevision: boolean;
  /** Characters to a line; undefined if lines are not cut. */
  readonly columns: number | undefined;
}

export function writeBazaarStatus(output: BazaarOutput, form: BazaarForm, sink: ByteSink): void {
  if (form.form === 'json') {
    sink.write(jsonShownIn(sink)(utf8Bytes(`${JSON.stringify(jsonOf(output, form))}\n`)));
    return;
  }
  const lines = form.form === 'short' ? shortLines(output, form) : longLines(output, form);
  const shownLine = lineShownIn(sink);
  for (const line of lines) sink.write(`${shownLine(line)}\n`);
}

function* shortLines(output: BazaarOutput, form: BazaarForm): Generator<string> {
  // With --quiet, Breezy leaves the changes out, and nothing else.
  for (const change of form.quiet ? [] : inShortOrder(output.changes, form.ofRevision))
    yield shortLine(change, form.classify);
  for (const path of output.ignored) yield `I   ${shown(path)}`;
  for (const conflict of output.conflicts) yield `C   ${shown(conflict.text)}`;
  for (const path of output.missing) yield `X   ${shown(path)}`;
  yield* ending(output, { ...form, first: 'P   ', other: 'P.   ' });
}

/** Pending merges and shelves. */
function* ending(output: BazaarOutput, form: PendingForm): Generator<string> {
  yield* pendingLines(output.pending, form);
  if (output.missing.length > 0 || output.shelves === 0) return;
  const many = output.shelves === 1 ? '1 shelf exists.' : `${output.shelves} shelves exist.`;
  yield `${many} See "brz shelve --list" for details.`;
}

const MARKERS: Readonly<Partial<Record<ChangeKind, string>>> = {
  directory: '/',
  symlink: '@',
  'tree-reference': '+',
};

function shortLine(change: BazaarChange, classify: boolean): string {
  const { before, after, renamed } = change;
  const letters = lettersOf(change);
  const mark = (kind: ChangeKind | undefined): string => (classify && kind !== undefined ? (MARKERS[kind] ?? '') : '');
  const isDeleted = letters[1] === 'D';
  const path = shown((after ?? before)!.path);
  const end = mark(isDeleted ? before?.kind : after?.kind);
  if (before === undefined || after === undefined || !(renamed || letters[1] === 'K'))
    return `${letters} ${path}${end}`;
  const old = shown(renamed ? before.path : after.path);
  return `${letters} ${old}${mark(before.kind)} => ${path}${end}`;
}

function* longLines(output: BazaarOutput, form: BazaarForm): Generator<string> {
  const sections = sectionsOf(output.changes);
  yield* section('removed', sections.removed, change => longPath(change, form, true));
  yield* section('added', sections.added, change => longPath(change, form, true));
  yield* section('missing', sections.missing, change => longPath(change, form, true));
  yield* section('renamed', sections.renamed, change => {
    const mark = decorated(change.after!.path, change.after!.kind, isExecutableChanged(change), form.classify);
    return `${longPath(change, form, false)} => ${mark}`;
  });
  // Breezy sorts all sections but this one.
  yield* section('kind changed', inWalkOrder(sections.kindChanged, form.ofRevision), change => {
    return `${longPath(change, form, false)} (${change.before!.kind} => ${change.after!.kind})`;
  });
  const alsoModified = sections.renamed
    .filter(change => change.content || isExecutableChanged(change))
    .map(change => ({ ...change, before: { ...change.before!, path: change.after!.path, kind: change.after!.kind } }));
  yield* section('modified', [...sections.modified, ...alsoModified], change => longPath(change, form, true));
  yield* section('unknown', sections.unknown, change => longPath(change, form, true));
  // `section` puts file ids at the end of lines.
  yield* list('ignored', output.ignored.map(shown));
  yield* list(
    'conflicts',
    output.conflicts.map(conflict => shown(conflict.text)),
  );
  yield* list('nonexistent', output.missing.map(shown));
  if (output.pending.length > 0) {
    yield form.verbose ? 'pending merges:' : 'pending merge tips: (use -v to see all merge revisions)';
  }
  yield* ending(output, { ...form, first: '  ', other: '    ' });

  function* section(
    name: string,
    changes: readonly BazaarChange[],
    text: (change: BazaarChange) => string,
  ): Generator<string> {
    const id = (change: BazaarChange): string =>
      form.showIds && change.fileId !== undefined ? ` ${shown(change.fileId)}` : '';
    yield* list(
      name,
      changes.map(change => text(change) + id(change)),
    );
  }
}

function* list(name: string, lines: readonly string[]): Generator<string> {
  if (lines.length > 0) yield `${name}:`;
  for (const line of lines) yield `  ${line}`;
}

const ID_COLUMN = 30;

/** @param pads true if file ids, if shown, stand in a column */
function longPath(change: BazaarChange, { showIds, classify }: BazaarForm, pads: boolean): string {
  const { path, kind } = (change.before ?? change.after)!;
  const text = decorated(path, kind, isExecutableChanged(change), classify);
  if (!showIds || !pads) return text;
  const length = Array.from(toDisplay(text)).length;
  return text + ' '.repeat(Math.max(0, ID_COLUMN - length));
}

function decorated(path: BytePath, kind: ChangeKind | undefined, isStarred: boolean, classify: boolean): string {
  if (!classify) return shown(path);
  const mark = kind === 'directory' ? '/' : kind === 'symlink' ? '@' : '';
  return `${shown(path)}${mark}${isStarred ? '*' : ''}`;
}

interface Sections {
  readonly removed: BazaarChange[];
  readonly added: BazaarChange[];
  readonly missing: BazaarChange[];
  readonly renamed: BazaarChange[];
  readonly kindChanged: BazaarChange[];
  readonly modified: BazaarChange[];
  readonly unknown: BazaarChange[];
}

function sectionsOf(changes: readonly BazaarChange[]): Sections {
  const sections: Sections = {
    removed: [],
    added: [],
    missing: [],
    renamed: [],
    kindChanged: [],
    modified: [],
    unknown: [],
  };
  const ordered = [...changes].sort(
    (a, b) => compare(listedPath(a), listedPath(b)) || compare(a.fileId ?? '', b.fileId ?? ''),
  );
  for (const change of ordered) sections[sectionOf(change)].push(change);
  return sections;
}

function sectionOf({ fileId, before, after, renamed }: BazaarChange): keyof Sections {
  if (fileId === undefined) return 'unknown';
  const isBefore = before?.kind !== undefined;
  const isAfter = after?.kind !== undefined;
  if (isBefore !== isAfter) return isAfter ? 'added' : 'removed';
  if (!isBefore) return 'missing';
  if (renamed) return 'renamed';
  return before.kind === after?.kind ? 'modified' : 'kindChanged';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A name as Breezy writes it: bytes that are not UTF-8 become question marks. */
function shown(bytes: string): string {
  if (isUtf8(bytes as BytePath)) return bytes;
  return Buffer.from(toDisplay(bytes).replace(/[\udc80-\udcff]/gu, '?'), 'utf8').toString('latin1');
}

/** One object. Paths are in fields of their own, so that no name can be taken for something else. */
function jsonOf(output: BazaarOutput, { ofRevision }: BazaarForm): object {
  return {
    parents: output.parents.map(toDisplay),
    changes: inShortOrder(output.changes, ofRevision).map(jsonChange),
    conflicts: output.conflicts.map(({ type, path, conflictPath, text }) => ({
      type,
      path: toDisplay(path),
      ...(conflictPath === undefined ? {} : { conflictPath: toDisplay(conflictPath) }),
      text: toDisplay(text),
    })),
    ...(output.ignored.length === 0 ? {} : { ignored: output.ignored.map(toDisplay) }),
    ...(output.missing.length === 0 ? {} : { missing: output.missing.map(toDisplay) }),
    pending: output.pending.map(({ id, revision, others }) => ({
      id: toDisplay(id),
      ...(revision === undefined ? { ghost: true } : {}),
      ...(others.length === 0 ? {} : { others: others.map(other => toDisplay(other.id)) }),
    })),
    shelves: output.shelves,
  };
}

function jsonChange(change: BazaarChange): object {
  const { fileId, before, after, renamed } = change;
  return {
    status: lettersOf(change),
    path: toDisplay((after ?? before)!.path),
    ...(renamed ? { source: toDisplay(before!.path) } : {}),
    ...(after?.kind === undefined ? {} : { kind: after.kind }),
    ...(before?.kind === undefined ? {} : { oldKind: before.kind }),
    ...(fileId === undefined ? {} : { id: toDisplay(fileId) }),
  };
}
