// The difference of one file between two revisions, in Mercurial's format and in the extended one of Git. The rules
// come from `hg help diffs` and from comparing answers: test/differential/cliLogDiff.test.ts.
import { createHash } from 'node:crypto';
import type { BytePath } from '../../base/bytePath.ts';
import type { FileFlag } from '../store/manifest.ts';
import { NULL_NODE_HEX } from '../store/node.ts';
import type { DiffOptions } from './diffOptions.ts';
import { hunksBetween, type Hunks } from './hunks.ts';

/** A file on one side of a comparison. */
export interface DiffedFile {
  readonly path: BytePath;
  readonly flag: FileFlag;
  readonly content: Buffer;
}

export interface DiffedPair {
  /** Undefined for a file that is new, unless it is shown as a copy. */
  readonly before: DiffedFile | undefined;
  readonly after: DiffedFile | undefined;
  /** How `after` came from `before`, if their paths differ. */
  readonly copied?: 'copy' | 'rename';
}

/** The headings that both sides of a comparison share. */
export interface DiffSides {
  /** Ids as shown: abbreviated. */
  readonly nodes: readonly [string, string];
  /** Dates in the long form, as in "Thu Jan 01 00:00:00 1970 +0000". */
  readonly dates: readonly [string, string];
}

/** A difference as text, and the numbers that a summary shows. */
export interface FileDiff {
  /** A byte string. */
  readonly text: string;
  readonly path: BytePath;
  readonly renamedFrom?: BytePath;
  readonly added: number;
  readonly removed: number;
  readonly isBinary: boolean;
}

/** The date beside a side that does not exist. */
const NO_DATE = 'Thu Jan 01 00:00:00 1970 +0000';
const MODES: Readonly<Record<FileFlag, string>> = { '': '100644', x: '100755', l: '120000' };
const EMPTY = Buffer.alloc(0);

/** Writes a binary file whole, in the form of Git. */
export type BinaryPatch = (content: Buffer) => string;

/** Returns the difference; undefined if there is none that the format shows. */
export function fileDiff(
  { before, after, copied }: DiffedPair,
  sides: DiffSides,
  options: DiffOptions,
  binaryPatch: BinaryPatch,
): FileDiff | undefined {
  const old = before?.content ?? EMPTY;
  const fresh = after?.content ?? EMPTY;
  const isSame = old.equals(fresh);
  const isBinary = old.includes(0) || fresh.includes(0);
  const path = (after ?? before)!.path;
  const [a, b] = options.hasPrefixes ? ['a/', 'b/'] : ['', ''];
  const header = options.git
    ? [`diff --git ${a}${(before ?? after)!.path} ${b}${path}\n`, ...gitHeader(before, after, copied)]
    : [`diff -r ${sides.nodes[0]} -r ${sides.nodes[1]} ${path}\n`];
  const isExtended = header.length > 1;
  const base = {
    path,
    added: 0,
    removed: 0,
    isBinary: isBinary && !isSame,
    ...(copied === 'rename' && before && { renamedFrom: before.path }),
  };
  if (isBinary) {
    const body = isSame ? '' : binaryBody(before, after, options, binaryPatch);
    return body === '' && !isExtended ? undefined : { ...base, text: header.join('') + body };
  }
  const hunks: Hunks | undefined = isSame ? undefined : hunksBetween(old, fresh, options);
  if (hunks === undefined) return isExtended ? { ...base, text: header.join('') } : undefined;
  const names =
    `--- ${side(before, a, sides.dates[0], options)}\n` + `+++ ${side(after, b, sides.dates[1], options)}\n`;
  return { ...base, added: hunks.added, removed: hunks.removed, text: header.join('') + names + hunks.text };
}

function gitHeader(
  before: DiffedFile | undefined,
  after: DiffedFile | undefined,
  copied: DiffedPair['copied'],
): string[] {
  if (before === undefined) return [`new file mode ${MODES[after!.flag]}\n`];
  if (after === undefined) return [`deleted file mode ${MODES[before.flag]}\n`];
  const lines: string[] = [];
  if (before.flag !== after.flag) lines.push(`old mode ${MODES[before.flag]}\n`, `new mode ${MODES[after.flag]}\n`);
  if (copied !== undefined) lines.push(`${copied} from ${before.path}\n`, `${copied} to ${after.path}\n`);
  return lines;
}

function binaryBody(
  before: DiffedFile | undefined,
  after: DiffedFile | undefined,
  { git, hasBinary }: DiffOptions,
  binaryPatch: BinaryPatch,
): string {
  if (!git || !hasBinary) return `Binary file ${(after ?? before)!.path} has changed\n`;
  return `index ${gitId(before?.content)}..${gitId(after?.content)}\n${binaryPatch(after?.content ?? EMPTY)}`;
}

/** The id that Git gives to this content. */
function gitId(content: Buffer | undefined): string {
  if (content === undefined) return NULL_NODE_HEX;
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

/** The name of a side with its date. In the format of Git a tab ends a name that has a space. */
function side(file: DiffedFile | undefined, prefix: string, date: string, options: DiffOptions): string {
  const name = file === undefined ? '/dev/null' : prefix + file.path;
  if (options.git || !options.showsDates) return name.includes(' ') ? `${name}\t` : name;
  return `${name}\t${file === undefined ? NO_DATE : date}`;
}
