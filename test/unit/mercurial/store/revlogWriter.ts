// Writes revlogs by hand, right and wrong ones, so that tests need no Mercurial and can make what Mercurial never would.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { deflateSync } from 'node:zlib';
import { removeTree } from '../../../../scripts/lib/remove-tree.mjs';

export interface Revision {
  /** The full text, from which length and node are made unless they are given. */
  readonly text: Buffer;
  /** What is stored: a chunk. The full text as a literal if not given. */
  readonly chunk?: Buffer;
  /** Default: the revision itself, which means that the chunk is a full text. */
  readonly base?: number;
  readonly p1?: number;
  readonly p2?: number;
  readonly link?: number;
  readonly flags?: number;
  readonly fullLength?: number;
  readonly node?: Buffer;
  readonly offset?: number;
  readonly compressedLength?: number;
}

export interface RevlogFiles {
  readonly index: Buffer;
  readonly data: Buffer;
  readonly nodes: readonly Buffer[];
}

const NULL = Buffer.alloc(20);

export function nodeOf(text: Buffer, p1: Buffer = NULL, p2: Buffer = NULL): Buffer {
  const [a, b] = p1.compare(p2) < 0 ? [p1, p2] : [p2, p1];
  return createHash('sha1').update(a).update(b).update(text).digest();
}

/** @param header default: inline and general delta, version 1 */
export function makeRevlog(revisions: readonly Revision[], header = 0x0003_0001): RevlogFiles {
  const isInline = (header & 0x0001_0000) !== 0;
  const nodes: Buffer[] = [];
  const index: Buffer[] = [];
  const data: Buffer[] = [];
  let offset = 0;
  revisions.forEach((revision, number) => {
    const { text, p1 = -1, p2 = -1 } = revision;
    const chunk = revision.chunk ?? literal(text);
    const node = revision.node ?? nodeOf(text, nodes[p1], nodes[p2]);
    nodes.push(node);
    const entry = Buffer.alloc(64);
    entry.writeUIntBE(revision.offset ?? offset, 0, 6);
    entry.writeUInt16BE(revision.flags ?? 0, 6);
    entry.writeInt32BE(revision.compressedLength ?? chunk.length, 8);
    entry.writeInt32BE(revision.fullLength ?? text.length, 12);
    entry.writeInt32BE(revision.base ?? number, 16);
    entry.writeInt32BE(revision.link ?? number, 20);
    entry.writeInt32BE(p1, 24);
    entry.writeInt32BE(p2, 28);
    node.copy(entry, 32);
    if (number === 0) entry.writeUInt32BE(header, 0);
    index.push(entry);
    (isInline ? index : data).push(chunk);
    offset += chunk.length;
  });
  return { index: Buffer.concat(index), data: Buffer.concat(data), nodes };
}

export function literal(text: Buffer): Buffer {
  return text.length === 0 || text[0] === 0 ? text : Buffer.concat([Buffer.from('u'), text]);
}

export function zlib(text: Buffer): Buffer {
  return deflateSync(text);
}

/** A delta of hunks: start, end and replacement. */
export function delta(...hunks: readonly (readonly [number, number, string | Buffer])[]): Buffer {
  return Buffer.concat(
    hunks.flatMap(([start, end, replacement]) => {
      const bytes = Buffer.from(replacement);
      const header = Buffer.alloc(12);
      header.writeInt32BE(start, 0);
      header.writeInt32BE(end, 4);
      header.writeInt32BE(bytes.length, 8);
      return [header, bytes];
    }),
  );
}

/** A directory that is removed after the test. */
export function temporaryDirectory(context: { after(cleanUp: () => void): void }): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-store-'));
  context.after(() => removeTree(directory));
  return directory;
}

export function writeRevlog(directory: string, name: string, files: RevlogFiles): void {
  const base = path.join(directory, name);
  fs.mkdirSync(path.dirname(base), { recursive: true });
  fs.writeFileSync(`${base}.i`, files.index);
  if (files.data.length > 0) fs.writeFileSync(`${base}.d`, files.data);
}
