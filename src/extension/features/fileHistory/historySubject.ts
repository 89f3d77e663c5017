// The subjects of the view File History, and the changesets about each.
import type { TextEditor } from 'vscode';
import {
  ReadFileHistory,
  SearchHistory,
  type FileHistoryItem,
  type FileHistoryQuery,
  type LineRange,
} from '../../../server/historyProtocol.ts';
import { askHistory } from '../../engine/historyAnswers.ts';
import type { EngineClient } from '../../engine/engineClient.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';

/** Changesets that the view lists before it offers more. */
const PAGE = 300;

export interface HistorySubject {
  readonly repository: OpenRepository;
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'lines';
  /** The changeset whose file it is; without it, the working file. */
  readonly node?: string | undefined;
  readonly lines?: LineRange;
  /** The text that the lines are in, of an unsaved file. */
  readonly text?: string;
  /** As in {@link FileHistoryQuery}. */
  readonly isEncoded?: boolean;
}

/** A changeset in the view. For a folder, `path` is that of the folder. */
export interface HistoryEntry extends Omit<FileHistoryItem, 'kind'> {
  readonly kind: FileHistoryItem['kind'] | 'folder';
}

export interface HistoryPage {
  readonly entries: readonly HistoryEntry[];
  /** The revision with which to continue in a folder, or how many to ask for of a file; undefined at the end. */
  readonly next: number | undefined;
}

/** Reads the first page, or that after another one. Takes `show` for the parts of a page that takes long. */
export async function readHistory(
  client: EngineClient,
  subject: HistorySubject,
  before: HistoryPage | undefined,
  show: (page: HistoryPage) => void,
): Promise<HistoryPage> {
  const { repository, path, kind, node, lines, text, isEncoded } = subject;
  const { root } = repository;
  if (kind === 'folder') return readFolder(client, root, path, before, show);
  const limit = before?.next ?? PAGE;
  const query: FileHistoryQuery & { root: string } = {
    ...{ root, path, limit },
    ...(node !== undefined && { node }),
    ...(lines !== undefined && { lines }),
    ...(text !== undefined && { text }),
    ...(isEncoded !== undefined && { isEncoded }),
  };
  const { items, hasMore } = await askHistory(client, ReadFileHistory, query);
  return { entries: items, next: hasMore ? limit * 4 : undefined };
}

async function readFolder(
  client: EngineClient,
  root: string,
  path: string,
  before: HistoryPage | undefined,
  show: (page: HistoryPage) => void,
): Promise<HistoryPage> {
  const entries = [...(before?.entries ?? [])];
  const most = entries.length + PAGE;
  let from = before?.next;
  while (entries.length < most) {
    const query = { root, path, words: [], limit: most - entries.length, ...(from !== undefined && { from }) };
    const { found, next } = await askHistory(client, SearchHistory, query);
    entries.push(...found.map((changeset): HistoryEntry => ({ changeset, kind: 'folder', path })));
    if (next < 0) return { entries, next: undefined };
    from = next;
    show({ entries: [...entries], next });
  }
  return { entries, next: from };
}

/** The lines that are selected; one that the selection only begins at its first character is none of them. */
export function selectedLines({ selection: { start, end, isEmpty } }: TextEditor): LineRange {
  const endsBefore = !isEmpty && end.character === 0 && end.line > start.line;
  return { first: start.line, end: endsBefore ? end.line : end.line + 1 };
}
