// Node ids: the SHA-1 of a revision's parents and text.
import { createHash } from 'node:crypto';
import { QuicksilverError } from '../../base/errors.ts';

/** Bytes of a node id. Indices reserve 32 for it. */
export const NODE_LENGTH = 20;

export const NULL_NODE: Buffer = Buffer.alloc(NODE_LENGTH);

export const NULL_NODE_HEX: string = NULL_NODE.toString('hex');

const HEX_NODE = /^[0-9a-f]{40}$/;

/** True for 40 lower-case hexadecimal digits. */
export function isNodeHex(text: string): boolean {
  return HEX_NODE.test(text);
}

/** The bytes of a node given as bytes or as 40 hexadecimal digits; anything else is a 'usage' error. */
export function nodeBytes(node: Uint8Array | string): Buffer {
  if (typeof node !== 'string') {
    if (node.length === NODE_LENGTH) return Buffer.from(node.buffer, node.byteOffset, node.length);
  } else if (isNodeHex(node)) {
    return Buffer.from(node, 'hex');
  }
  throw new QuicksilverError('usage', `not a node id: ${typeof node === 'string' ? node : `${node.length} bytes`}`);
}

/** A SHA-1 that has been given both parents, smaller first, as every node id begins; update it with the text. */
export function nodeHash(p1: Buffer, p2: Buffer): ReturnType<typeof createHash> {
  const ordered = p1.compare(p2) <= 0;
  return createHash('sha1')
    .update(ordered ? p1 : p2)
    .update(ordered ? p2 : p1);
}
