// The versions of a revlog's index. All but version 1 are rare. Versions 2 and "changelog 2" keep entries and data in
// files that a small docket names.
import { ByteReader } from '../../base/byteReader.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { NODE_LENGTH, NULL_NODE } from './node.ts';

/** Where the fields of an index entry are, in bytes from its beginning. */
export interface EntryForm {
  /** Bytes of an entry. */
  readonly length: number;
  /** Undefined if all texts are stored as a whole. */
  readonly base: number | undefined;
  /** Undefined if each revision is linked to itself, as in a changelog. */
  readonly link: number | undefined;
  /** Two numbers. */
  readonly parents: number;
  readonly node: number;
  /** The byte that states how the data are compressed. Undefined if their first byte states it. */
  readonly compression: number | undefined;
  /** True if the header of the file overlays the first entry's offset. */
  readonly hasHeader: boolean;
}

/** Version 1: almost every revlog. */
export const FORM_1: EntryForm = {
  length: 64,
  base: 16,
  link: 20,
  parents: 24,
  node: 32,
  compression: undefined,
  hasHeader: true,
};

const FORM_2: EntryForm = { ...FORM_1, length: 96, compression: 76, hasHeader: false };
const FORM_CHANGELOG_2: EntryForm = {
  length: 96,
  base: undefined,
  link: undefined,
  parents: 16,
  node: 24,
  compression: 68,
  hasHeader: false,
};

const DOCKETS: ReadonlyMap<number, EntryForm> = new Map([
  [0xdead, FORM_2],
  [0xd34d, FORM_CHANGELOG_2],
]);

/** The decoded docket of a revlog. */
export interface RevlogDocket {
  readonly form: EntryForm;
  /** The ends of the names of its files; their beginning is the name of the revlog. */
  readonly indexEnding: string;
  readonly dataEnding: string;
  /** Bytes of the index file that count. A running transaction may have appended more. */
  readonly indexEnd: number;
}

/** Bytes before the ends of the files: the header, and lengths and counts of three kinds of ids. */
const DOCKET_HEAD = 10;
/** Ends of three files, each also as a running transaction has it. */
const DOCKET_ENDS = 6;

/** True if an index file with this beginning is a docket. */
export function isDocket(bytes: Buffer): boolean {
  return bytes.length >= 4 && DOCKETS.has(bytes.readUInt32BE(0));
}

/**
 * Decodes a docket. Mercurial 6.3 writes the ends of the files with four bytes, 7.2 with eight; the length shows which.
 * Verified with both. Throws 'corrupt', and 'unsupported' for a docket that names files of earlier states, too.
 */
export function decodeRevlogDocket(bytes: Buffer, file: string): RevlogDocket {
  const reader = new ByteReader(bytes, file);
  const form = DOCKETS.get(reader.u32(0))!;
  const [index = 0, data = 0, side = 0] = [4, 6, 8].map(at => reader.u8(at));
  if ([5, 7, 9].some(at => reader.u8(at) !== 0)) {
    throw new QuicksilverError('unsupported', `${file}: files of earlier states are not supported`, { file });
  }
  const ids = index + data + side;
  const width = (bytes.length - DOCKET_HEAD - 1 - ids) / DOCKET_ENDS;
  if (width !== 4 && width !== 8) {
    throw new QuicksilverError('corrupt', `${file}: a docket of ${bytes.length} bytes`, { file });
  }
  const first = DOCKET_HEAD + DOCKET_ENDS * width + 1;
  const ending = (at: number, length: number, extension: string): string => {
    const id = reader.byteString(at, length);
    // The id becomes part of a file name.
    if (!/^[0-9A-Za-z]+$/.test(id)) {
      throw new QuicksilverError('corrupt', `${file}: ${JSON.stringify(id)} cannot be the id of a file`, { file });
    }
    return `-${id}.${extension}`;
  };
  return {
    form,
    indexEnding: ending(first, index, 'idx'),
    dataEnding: ending(first + index, data, 'dat'),
    indexEnd: width === 4 ? reader.u32(DOCKET_HEAD) : reader.u48(DOCKET_HEAD + 2),
  };
}

/** Bytes of an entry of version 0: offset, length, base, link, and three nodes. */
const LENGTH_0 = 16 + 3 * NODE_LENGTH;

/** True if an index file with this beginning is of version 0, which has no header: the first offset is 0. */
export function isVersion0(bytes: Buffer): boolean {
  return bytes.length >= LENGTH_0 && bytes.readUInt32BE(0) === 0;
}

/**
 * Returns an index of version 0 as one of version 1 with data in a file of their own. Entries name parents by their
 * nodes, and do not record the length of a text. An incomplete entry at the end becomes one. Throws 'corrupt' for
 * parents that do not come before.
 */
export function fromVersion0(bytes: Buffer, file: string): Buffer {
  const count = Math.floor(bytes.length / LENGTH_0);
  const isPartial = bytes.length % LENGTH_0 !== 0;
  const result = Buffer.alloc(count * FORM_1.length + (isPartial ? 1 : 0));
  const revisions = new Map([[NULL_NODE.toString('hex'), -1]]);
  const node = (at: number): string => bytes.toString('hex', at, at + NODE_LENGTH);
  for (let revision = 0; revision < count; revision++) {
    const from = revision * LENGTH_0;
    const to = revision * FORM_1.length;
    const [p1, p2] = [revisions.get(node(from + 16)), revisions.get(node(from + 16 + NODE_LENGTH))];
    if (p1 === undefined || p2 === undefined) {
      throw new QuicksilverError('corrupt', `${file}: revision ${revision} has parents that do not come before`, {
        file,
      });
    }
    bytes.copy(result, to + 2, from, from + 4);
    bytes.copy(result, to + 8, from + 4, from + 8);
    result.writeInt32BE(-1, to + 12);
    bytes.copy(result, to + FORM_1.base!, from + 8, from + 16);
    result.writeInt32BE(p1, to + FORM_1.parents);
    result.writeInt32BE(p2, to + FORM_1.parents + 4);
    bytes.copy(result, to + FORM_1.node, from + 16 + 2 * NODE_LENGTH, from + LENGTH_0);
    const own = node(from + 16 + 2 * NODE_LENGTH);
    if (!revisions.has(own)) revisions.set(own, revision);
  }
  return result;
}
