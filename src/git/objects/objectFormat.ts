// Names of objects: the hash that a repository uses, and how the name of a content is computed.
import { createHash } from 'node:crypto';

/** The hash a repository names its objects with (`extensions.objectFormat`). */
export interface ObjectFormat {
  readonly name: 'sha1' | 'sha256';
  /** Bytes of a raw name; its hexadecimal form has twice as many characters. */
  readonly length: 20 | 32;
  /** The name of the empty blob, in hexadecimal. */
  readonly emptyBlob: string;
  /** A name of zeros, in hexadecimal: no object. */
  readonly nullId: string;
}

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

function objectFormat(name: ObjectFormat['name'], length: ObjectFormat['length']): ObjectFormat {
  const emptyBlob = createHash(name).update('blob 0\0').digest('hex');
  return { name, length, emptyBlob, nullId: '0'.repeat(length * 2) };
}

export const SHA1: ObjectFormat = objectFormat('sha1', 20);
export const SHA256: ObjectFormat = objectFormat('sha256', 32);

/**
 * Returns the name of an object, in hexadecimal: the hash of its type, its size and its content.
 * @param size bytes that `chunks` have together
 */
export function objectId(format: ObjectFormat, type: ObjectType, size: number, chunks: Iterable<Uint8Array>): string {
  const hash = createHash(format.name).update(`${type} ${size}\0`);
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

/** True if `text` is a whole object name of this format, in lower-case hexadecimal. */
export function isObjectId(format: ObjectFormat, text: string): boolean {
  return text.length === format.length * 2 && /^[0-9a-f]+$/.test(text);
}

/** Returns the object name that a reference begins with: Git takes upper case, and text after a blank. */
export function leadingObjectId(format: ObjectFormat, text: string): string | undefined {
  const word = /^([0-9a-fA-F]+)(?:[ \t\n\r\0]|$)/.exec(text)?.[1];
  return word?.length === format.length * 2 ? word.toLowerCase() : undefined;
}
