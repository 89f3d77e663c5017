// How a working file becomes recorded content: line ends, `$Id$`, Git LFS. Only files whose stat proves nothing need
// it.
import { createHash } from 'node:crypto';
import { QuicksilverError } from '../../base/errors.ts';
import type { GitConfig } from '../config/gitConfig.ts';
import type { AttributeValue } from './attributes.ts';

/** 'auto' converts only texts, and only if the recorded content has no CR LF. */
type LineEnds = 'none' | 'text' | 'auto';

/** Bytes of the largest pointer of Git LFS. */
const MAX_POINTER = 1024;
const LFS_VERSION = 'version https://git-lfs.github.com/spec/';

export interface Conversion {
  readonly lineEnds: LineEnds;
  readonly ident: boolean;
  /** The content is kept by Git LFS, and a pointer to it recorded. */
  readonly isLfs: boolean;
}

export const NO_CONVERSION: Conversion = { lineEnds: 'none', ident: false, isLfs: false };

/**
 * Returns which conversion the attributes of a file and the configuration ask for.
 * Throws 'unsupported' for a conversion that only a program can make, and for other encodings.
 * @param path names the file in errors
 */
export function conversionOf(
  attributes: ReadonlyMap<string, AttributeValue>,
  config: GitConfig,
  path: string,
): Conversion {
  const filter = attributes.get('filter');
  const isLfs = typeof filter === 'string' && isLfsFilter(filter, config, path);
  const encoding = attributes.get('working-tree-encoding');
  if (typeof encoding === 'string' && !/^utf-?8$/i.test(encoding)) {
    throw new QuicksilverError('unsupported', `${path}: working-tree-encoding ${encoding} is not supported`);
  }
  const lineEnds = lineEndsOf(attributes, config);
  const ident = attributes.get('ident') === true;
  if (lineEnds === 'none' && !ident && !isLfs) return NO_CONVERSION;
  return { lineEnds, ident, isLfs };
}

/** True for the filter of Git LFS, false for one without effect. Throws for others, and where Git fails. */
function isLfsFilter(filter: string, config: GitConfig, path: string): boolean {
  const process = config.get(`filter.${filter}.process`);
  // Git asks a process instead. Both may be empty, which switches them off.
  const program = process ?? config.get(`filter.${filter}.clean`) ?? '';
  if (program === '') {
    if (!config.boolean(`filter.${filter}.required`, false)) return false;
    throw new QuicksilverError('unsupported', `${path}: the filter '${filter}' is required and has no program`);
  }
  const isLfs = filter === 'lfs' && /^git-lfs (?:clean|filter-process)\b/.test(program);
  // Extensions are programs that change the content, and pointers name them.
  if (isLfs && config.namesUnder('lfs.extension.').length === 0) return true;
  throw new QuicksilverError('unsupported', `${path}: the filter '${filter}' is a program`);
}

/** `text` wins over its former name `crlf`; `eol` alone means text; else core.autocrlf decides. */
function lineEndsOf(attributes: ReadonlyMap<string, AttributeValue>, config: GitConfig): LineEnds {
  let lineEnds = meaningOf(attributes.get('text')) ?? meaningOf(attributes.get('crlf'));
  if (lineEnds === 'none') return 'none';
  const eol = attributes.get('eol');
  if (lineEnds === undefined && (eol === 'lf' || eol === 'crlf')) lineEnds = 'text';
  if (lineEnds !== undefined) return lineEnds;
  const setting = config.get('core.autocrlf');
  if (setting === undefined) return 'none';
  return setting.toLowerCase() === 'input' || config.boolean('core.autocrlf', false) ? 'auto' : 'none';
}

function meaningOf(value: AttributeValue | undefined): LineEnds | undefined {
  if (value === true || value === 'input') return 'text';
  if (value === false) return 'none';
  return value === 'auto' ? 'auto' : undefined;
}

/**
 * Returns the content to record of a working file.
 * @param recorded the content that the index has, read only if it matters
 */
export function toRecorded(content: Buffer, conversion: Conversion, recorded: () => Buffer): Buffer {
  const filtered = conversion.isLfs && isKeptByLfs(content.length, () => content) ? pointerTo([content]) : content;
  const converted = withoutCarriageReturns(filtered, conversion.lineEnds, recorded);
  return conversion.ident ? withoutIdent(converted) : converted;
}

function withoutCarriageReturns(content: Buffer, lineEnds: LineEnds, recorded: () => Buffer): Buffer {
  if (lineEnds === 'none' || content.length === 0) return content;
  const counts = countCharacters(content);
  if (lineEnds === 'auto' && isBinary(counts)) return content;
  if (counts.crlf === 0) return content;
  if (lineEnds === 'auto') {
    const before = recorded();
    if (before.includes(0x0d)) {
      const beforeCounts = countCharacters(before);
      if (beforeCounts.crlf > 0 && !isBinary(beforeCounts)) return content;
    }
  }
  const result = Buffer.allocUnsafe(content.length);
  let length = 0;
  for (let i = 0; i < content.length; i++) {
    if (content[i] === 0x0d && content[i + 1] === 0x0a) continue;
    result[length++] = content[i]!;
  }
  return result.subarray(0, length);
}

interface Counts {
  crlf: number;
  /** CR without LF. */
  cr: number;
  nul: number;
  printable: number;
  other: number;
}

function countCharacters(content: Buffer): Counts {
  const counts: Counts = { crlf: 0, cr: 0, nul: 0, printable: 0, other: 0 };
  for (let i = 0; i < content.length; i++) {
    const byte = content[i]!;
    if (byte === 0x0d) {
      if (content[i + 1] === 0x0a) {
        counts.crlf++;
        i++;
      } else {
        counts.cr++;
      }
    } else if (byte === 0x0a) {
      continue;
    } else if (byte === 0x7f) {
      counts.other++;
    } else if (byte < 0x20) {
      // Backspace, tab, form feed and escape are usual in texts.
      if (byte === 0x08 || byte === 0x09 || byte === 0x0c || byte === 0x1b) counts.printable++;
      else counts.other++;
      if (byte === 0) counts.nul++;
    } else {
      counts.printable++;
    }
  }
  // The end-of-file mark of DOS is part of a text.
  if (content.at(-1) === 0x1a) counts.other--;
  return counts;
}

function isBinary({ cr, nul, printable, other }: Counts): boolean {
  return cr > 0 || nul > 0 || printable >>> 7 < other;
}

/** Replaces `$Id: … $` within a line by `$Id$`. */
function withoutIdent(content: Buffer): Buffer {
  if (!content.includes('$Id')) return content;
  return Buffer.from(
    content.toString('latin1').replace(/\$Id:[^$\n]*\$/g, () => '$Id$'),
    'latin1',
  );
}

/** Git LFS leaves empty files alone, and pointers in the working tree, as there are without `git lfs pull`. */
export function isKeptByLfs(size: number, content: () => Buffer): boolean {
  return size > 0 && (size > MAX_POINTER || lfsPointer(content()) === undefined);
}

/** Returns what Git LFS records for a content. */
export function pointerTo(chunks: Iterable<Uint8Array>): Buffer {
  const hash = createHash('sha256');
  let size = 0;
  for (const chunk of chunks) {
    hash.update(chunk);
    size += chunk.length;
  }
  return Buffer.from(`${LFS_VERSION}v1\noid sha256:${hash.digest('hex')}\nsize ${size}\n`);
}

/** Returns the hash and size that a pointer of Git LFS records; undefined if `data` is no pointer. */
export function lfsPointer(data: Buffer): { readonly sha256: string; readonly size: number } | undefined {
  if (data.length > MAX_POINTER) return undefined;
  const text = data.toString('latin1');
  if (!text.startsWith(LFS_VERSION)) return undefined;
  const sha256 = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
  const size = /^size (\d{1,15})$/m.exec(text)?.[1];
  return sha256 === undefined || size === undefined ? undefined : { sha256, size: Number(size) };
}
