// The parents of the working copy, from the first bytes of `.hg/dirstate`: all the files need not be read for them.
import { ByteReader } from '../../base/byteReader.ts';
import type { Vfs } from '../../files/vfs.ts';
import { V1_HEADER_LENGTH } from './decodeV1.ts';
import { MAX_DOCKET_LENGTH, V2_MARKER, decodeDocket } from './decodeV2.ts';
import { NULL_ID } from './dirstate.ts';

export interface Parents {
  /** 40 hexadecimal digits each. */
  readonly p1: string;
  readonly p2: string;
}

/** Reads the parents. Both are null without a dirstate. Throws 'corrupt' or 'io'. */
export function readParents(vfs: Vfs, hgDirectory: string): Parents {
  const path = `${hgDirectory}/dirstate`;
  const file = vfs.open(path);
  if (file === undefined) return { p1: NULL_ID, p2: NULL_ID };
  try {
    if (file.size === 0) return { p1: NULL_ID, p2: NULL_ID };
    const bytes = file.read(0, MAX_DOCKET_LENGTH);
    if (bytes.subarray(0, V2_MARKER.length).equals(V2_MARKER)) return decodeDocket(bytes, path);
    const reader = new ByteReader(bytes.subarray(0, V1_HEADER_LENGTH), path);
    return { p1: reader.hex(0, 20), p2: reader.hex(20, 20) };
  } finally {
    file.close();
  }
}
