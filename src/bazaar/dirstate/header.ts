// The text and the first fields of a dirstate: format, checksum, number of rows, parents.
import { QuicksilverError } from '../../base/errors.ts';
import { crc32 } from './checksum.ts';

const HEADER = '#bazaar dirstate flat format 3\n';

/** Thrown for bytes that do not fit their checksum: a command may be writing them. */
export class ChecksumError extends QuicksilverError {
  constructor(file: string) {
    super('corrupt', `${file}: its checksum does not fit its content`, { file });
  }
}

export interface DirstateHeader {
  /** The number of rows, as written. */
  readonly rows: number;
  /** Where the first row begins. */
  readonly at: number;
  /** Revision ids; byte strings. */
  readonly parents: readonly string[];
  /** The parents that are missing from the repository. */
  readonly ghosts: ReadonlySet<string>;
}

/**
 * Reads the header of a dirstate.
 * Throws a {@link ChecksumError}; 'corrupt' for damage; 'unsupported' for another format or a first parent that is
 * missing from the repository.
 */
export function readHeader(bytes: Buffer, file: string): DirstateHeader {
  const bad = (why: string): QuicksilverError => new QuicksilverError('corrupt', `${file}: ${why}`, { file });
  const text = bytes.toString('latin1', 0, Math.min(bytes.length, 200));
  if (!text.startsWith(HEADER)) {
    const isOther = text.startsWith('#bazaar dirstate flat format ');
    throw isOther
      ? new QuicksilverError('unsupported', 'this format of the dirstate is not supported')
      : bad('is no dirstate');
  }
  const match = /^crc32: (-?\d{1,10})\nnum_entries: (\d{1,9})\n/.exec(text.slice(HEADER.length));
  if (match === null) throw bad('has a malformed header');
  let at = HEADER.length + match[0].length;
  if (Number(match[1]) >>> 0 !== crc32(bytes.subarray(at))) throw new ChecksumError(file);
  const field = (): string => {
    const end = bytes.indexOf(0, at);
    if (end < 0) throw bad('is truncated');
    const found = bytes.toString('latin1', at, end);
    at = end + 1;
    return found;
  };
  /** A number, that many names, and the end of the line. */
  const names = (): string[] => {
    const count = field();
    const found: string[] = [];
    if (!/^\d{1,6}$/.test(count)) throw bad('has a malformed header');
    for (let i = 0; i < Number(count); i++) found.push(field());
    if (field() !== '\n') throw bad('has a malformed row');
    return found;
  };
  const parents = names();
  const ghosts = new Set(names());
  if (parents[0] !== undefined && ghosts.has(parents[0])) {
    throw new QuicksilverError('unsupported', 'the first parent is missing from the repository (a ghost)');
  }
  return { rows: Number(match[2]), at, parents, ghosts };
}
