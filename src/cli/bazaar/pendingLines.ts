// The lines about pending merges: author, date, whether it is a merge, first line of the message.
import { fromDisplay, toDisplay } from '../../base/bytePath.ts';
import type { PendingMerge } from '../../backends/bazaar/pendingMerges.ts';
import type { BazaarRevision } from '../../bazaar/store/revision.ts';

export interface PendingForm {
  /** The texts before a merge, and before the revisions that it brings in. */
  readonly first: string;
  readonly other: string;
  readonly columns: number | undefined;
}

export function* pendingLines(pending: readonly PendingMerge[], form: PendingForm): Generator<string> {
  for (const { id, revision, others } of pending) {
    if (revision === undefined) yield `${form.first}(ghost) ${id}`;
    else yield revisionLine(revision, form.first, form.columns);
    for (const other of others) yield revisionLine(other, form.other, form.columns);
  }
}

/** A byte string. Cut to one character less than a line has, and as many less as the prefix has. */
function revisionLine(revision: BazaarRevision, prefix: string, columns: number | undefined): string {
  const width = columns === undefined ? undefined : columns - 1 - prefix.length;
  const author = shortName(toDisplay(revision.authors[0] ?? ''));
  const parts = [
    width === undefined ? author : cut(author, Math.floor((width + 3) / 4)),
    new Date((revision.timestamp + revision.timezone) * 1000).toISOString().slice(0, 10),
    ...(revision.parents.length > 1 ? ['[merge]'] : []),
    summary(toDisplay(revision.message)),
  ];
  const line = prefix + parts.join(' ');
  return fromDisplay(width === undefined ? line : cut(line, width));
}

/** Python's blanks, which a message may begin with. */
const BLANKS = /^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;

function summary(message: string): string {
  return message.replace(BLANKS, '').split('\n', 1)[0]!;
}

/** The name alone, or the address if there is no name. */
function shortName(author: string): string {
  const match = /^([^\n]*?)[\s\x1c-\x1f]*<?([[\]\p{L}\p{N}_+.-]+@[\p{L}\p{N}_+.-]+)>?/u.exec(author);
  if (match === null) return author;
  return match[1] === '' ? match[2]! : match[1]!;
}

function cut(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, width - 3).join('')}...`;
}
