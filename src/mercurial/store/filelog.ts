// The revisions of one tracked file. A revision's text may begin with a block of metadata about its copy source.
import { createHash } from 'node:crypto';
import { bytePath, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { FLAG_CENSORED, FLAG_EXTERNAL, type Revlog } from './revlog.ts';

export interface FileText {
  /** 'metadata key' to value, as byte strings; undefined if there is no block. */
  readonly metadata: ReadonlyMap<string, string> | undefined;
  /** The content of the working file. */
  readonly content: Buffer;
}

/** Where a file was copied or renamed from. */
export interface CopySource {
  /** A byte string. */
  readonly path: string;
  /** The file node of the source, hexadecimal. */
  readonly node: string;
}

/** The text that Mercurial's lfs extension stores in place of a large file. */
export interface LargeFilePointer {
  /** SHA-256 of the content, hexadecimal. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** Begins and ends a block of metadata. */
export const METADATA_MARK: Buffer = Buffer.from('\x01\n', 'latin1');

/** Separates metadata from content. A text that begins with the mark but has no second one has no metadata. */
export function parseFileText(text: Buffer): FileText {
  if (!startsWithMark(text)) return { metadata: undefined, content: text };
  const end = text.indexOf(METADATA_MARK, METADATA_MARK.length);
  if (end < 0) return { metadata: undefined, content: text };
  if (end > MAX_METADATA_BYTES) throw new QuicksilverError('unsupported', `metadata of ${end} bytes are not supported`);
  const metadata = new Map<string, string>();
  for (const line of text.toString('latin1', METADATA_MARK.length, end).split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) metadata.set(line.slice(0, colon), line.slice(colon + 2));
  }
  return { metadata, content: text.subarray(end + METADATA_MARK.length) };
}

export function startsWithMark(bytes: Uint8Array): boolean {
  return bytes[0] === METADATA_MARK[0] && bytes[1] === METADATA_MARK[1];
}

/** Throws 'corrupt' if the text is no pointer. */
export function parseLargeFilePointer(text: Buffer, name: string): LargeFilePointer {
  const lines = text.length <= MAX_POINTER_BYTES ? text.toString('latin1') : '';
  const sha256 = /^oid sha256:([0-9a-f]{64})$/m.exec(lines)?.[1];
  const size = /^size (\d{1,15})$/m.exec(lines)?.[1];
  if (!lines.startsWith('version ') || sha256 === undefined || size === undefined) {
    throw new QuicksilverError('corrupt', `${name}: content kept elsewhere, but the pointer to it is damaged`);
  }
  return { sha256, size: Number(size) };
}

/** For a pointer, the copy source is among its own lines. */
function pointerCopySource(text: Buffer): CopySource | undefined {
  const lines = text.toString('latin1', 0, MAX_POINTER_BYTES);
  const path = /^x-hg-copy ([^\n]+)$/m.exec(lines)?.[1];
  const node = /^x-hg-copyrev ([0-9a-f]{40})$/m.exec(lines)?.[1];
  return path === undefined || node === undefined ? undefined : { path, node };
}

const MAX_POINTER_BYTES = 1 << 16;
/** Two paths and a node, by far. */
const MAX_METADATA_BYTES = 1 << 24;

export class Filelog {
  readonly revlog: Revlog;
  readonly #largeFile: (pointer: LargeFilePointer) => Buffer | undefined;
  readonly #hasFile: (path: BytePath) => boolean;

  /**
   * @param largeFile finds the content of a pointer, if it is on this machine
   * @param hasFile returns false for a path outside of a narrow clone: a copy from there has no source
   */
  constructor(
    revlog: Revlog,
    largeFile: (pointer: LargeFilePointer) => Buffer | undefined,
    hasFile: (path: BytePath) => boolean = () => true,
  ) {
    this.revlog = revlog;
    this.#largeFile = largeFile;
    this.#hasFile = hasFile;
  }

  /** Metadata and content; of a pointer to content kept elsewhere, that content. Do not change it. */
  read(revision: number): FileText {
    const { flags } = this.revlog.entry(revision);
    const pointer = this.pointer(revision);
    if (pointer !== undefined) {
      const content = this.#largeFile(pointer);
      if (content === undefined) {
        throw new QuicksilverError(
          'unsupported',
          `${this.revlog.file}: the content of revision ${revision} is kept on an LFS server and has not been downloaded ` +
            `(SHA-256 ${pointer.sha256}, ${pointer.size} bytes)`,
          { file: this.revlog.file },
        );
      }
      return { metadata: undefined, content };
    }
    const text = parseFileText(this.revlog.text(revision));
    // A censored revision stores the reason of its removal; it has no content.
    return (flags & FLAG_CENSORED) === 0 ? text : { metadata: text.metadata, content: Buffer.alloc(0) };
  }

  /** The content of the working file at this revision. Do not change it. */
  content(revision: number): Buffer {
    return this.read(revision).content;
  }

  /** Runs `work`, which reads many revisions in ascending order. */
  readingMany<Result>(work: () => Result): Result {
    return this.revlog.keepingOpen(() => this.revlog.keepingLastText(work));
  }

  isCensored(revision: number): boolean {
    return (this.revlog.entry(revision).flags & FLAG_CENSORED) !== 0;
  }

  /** The pointer that is stored instead of the content, if it is kept elsewhere. */
  pointer(revision: number): LargeFilePointer | undefined {
    if ((this.revlog.entry(revision).flags & FLAG_EXTERNAL) === 0) return undefined;
    return parseLargeFilePointer(this.revlog.text(revision), `${this.revlog.file}: revision ${revision}`);
  }

  /** Only a revision without a first parent can be a copy: Mercurial stores the source in that parent's place. */
  copySource(revision: number): CopySource | undefined {
    const source = this.#recordedSource(revision);
    return source !== undefined && this.#hasFile(bytePath(source.path)) ? source : undefined;
  }

  #recordedSource(revision: number): CopySource | undefined {
    const { flags, p1 } = this.revlog.entry(revision);
    if (p1 >= 0) return undefined;
    if ((flags & FLAG_EXTERNAL) !== 0) return pointerCopySource(this.revlog.text(revision));
    const { metadata } = this.read(revision);
    const path = metadata?.get('copy');
    const node = metadata?.get('copyrev');
    return path === undefined || node === undefined ? undefined : { path, node };
  }
}

/** True if the bytes have this SHA-256, hexadecimal. */
export function hasSha256(bytes: Uint8Array, sha256: string): boolean {
  return createHash('sha256').update(bytes).digest('hex') === sha256;
}
