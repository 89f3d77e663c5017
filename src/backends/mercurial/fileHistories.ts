// The history of a file, or of some of its lines, as items of a list.
import { fromDisplay, toDisplay } from '../../base/bytePath.ts';
import {
  fileHistoryWithRemovals,
  startAt,
  type FileHistoryEntry,
  type FileRemoval,
} from '../../mercurial/annotate/fileHistory.ts';
import { fileRevisionAt, type FileHistorySource } from '../../mercurial/annotate/fileRevisions.ts';
import {
  followLines,
  lineHistory,
  lineHistoryFrom,
  type LineHistoryEntry,
} from '../../mercurial/annotate/lineHistory.ts';
import { workingStart } from '../../mercurial/annotate/workingFile.ts';
import type { HistoryModel } from '../../mercurial/history/historyModel.ts';
import type { Snapshot } from '../../workingCopy/backend.ts';
import type {
  FileHistory,
  FileHistoryItem,
  FileHistoryQuery,
  LineBeforeQuery,
} from '../../workingCopy/historyQueries.ts';
import type { MercurialBackend } from './mercurialBackend.ts';
import { workingText } from './workingTexts.ts';

const MAX_ITEMS = 10_000;
/** Steps between two turns for others. */
const STEPS = 64;

type Entry = FileHistoryEntry | LineHistoryEntry | FileRemoval;

/** Yields from time to time. Throws what reading the store throws. */
export function* readFileHistory(
  backend: MercurialBackend,
  snapshot: Snapshot,
  model: HistoryModel,
  query: FileHistoryQuery,
): Generator<void, FileHistory> {
  const changeset = query.node === undefined ? model.workingParents[0] : model.revisionOf(query.node);
  const items: FileHistoryItem[] = [];
  if (changeset < 0) return { items, hasMore: false };
  const source = backend.history(snapshot).fileHistory();
  const most = Math.min(query.limit, MAX_ITEMS);
  const entries = entriesOf(backend, snapshot, model, source, query, changeset)[Symbol.iterator]();
  // A step of lines reads texts of the file, and one of versions an entry of an index.
  const steps = query.lines === undefined ? STEPS : 1;
  for (;;) {
    const end = model.keepingOpen(() => readItems(model, entries, { items, most, steps }));
    if (end !== undefined) return { items, hasMore: end === 'more' };
    yield;
  }
}

/** Adds items, and returns how the list ended; undefined if the next ones may follow. */
function readItems(
  model: HistoryModel,
  entries: Iterator<Entry | undefined>,
  { items, most, steps }: { readonly items: FileHistoryItem[]; readonly most: number; readonly steps: number },
): 'end' | 'more' | undefined {
  for (let step = 0; step < steps; step++) {
    const next = entries.next();
    if (next.done === true) return 'end';
    // Others have their turn during a long search.
    if (next.value === undefined) return undefined;
    if (items.length === most) return 'more';
    items.push(itemOf(model, next.value));
  }
  return undefined;
}

function entriesOf(
  backend: MercurialBackend,
  snapshot: Snapshot,
  model: HistoryModel,
  source: FileHistorySource,
  query: FileHistoryQuery,
  changeset: number,
): Iterable<Entry | undefined> {
  const { path: shown, node, lines } = query;
  const path = fromDisplay(shown);
  if (node !== undefined) {
    if (lines !== undefined) return lineHistory(source, path, changeset, lines);
    return fileHistoryWithRemovals(source, path, startAt(source, path, changeset));
  }
  const start = workingStart(source, backend.dirstate(snapshot), model.workingParents, path);
  if (lines === undefined) return fileHistoryWithRemovals(source, path, start);
  const working = workingText(backend, snapshot, path, query);
  const starts = start.files.flatMap(file => {
    const found = followLines(file.filelog.content(file.revision), working, lines).lines;
    return found.first < found.end ? [{ file, lines: found }] : [];
  });
  return lineHistoryFrom(source, starts, start.changesets);
}

/**
 * Returns the line of the older version that a line was before, or the first of those that it replaced. A new line
 * leads to the one that follows it.
 */
export function lineBefore(
  source: FileHistorySource,
  model: HistoryModel,
  { node, path, line, before }: LineBeforeQuery,
): number {
  const textOf = (version: { readonly node: string; readonly path: string }): Buffer | undefined => {
    const changeset = model.revisionOf(version.node);
    const file = changeset < 0 ? undefined : fileRevisionAt(source, fromDisplay(version.path), changeset);
    return file?.filelog.content(file.revision);
  };
  const [older, newer] = [textOf(before), textOf({ node, path })];
  if (older === undefined || newer === undefined) return line;
  return followLines(older, newer, { first: line, end: line + 1 }).lines.first;
}

function itemOf(model: HistoryModel, entry: Entry): FileHistoryItem {
  const changeset = model.summary(entry.changeset);
  const path = toDisplay(entry.path);
  if ('before' in entry) {
    return { changeset, kind: 'removed', path, previous: { node: model.node(entry.before), path } };
  }
  // The first parent's side of a merge, where both lead to the same changeset.
  const last = entry.parents.at(-1);
  const previous = entry.parents.find(parent => parent.changeset === last?.changeset) ?? last;
  return {
    changeset,
    kind: previous === undefined ? 'added' : 'changed',
    path,
    ...(previous !== undefined && {
      previous: { node: model.node(previous.changeset), path: toDisplay(previous.path) },
    }),
    ...('lines' in entry && { lines: entry.lines }),
  };
}
