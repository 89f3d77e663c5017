// Mercurial keeps the full texts of the manifests it used last. One that verifies saves a chain of deltas.
import { QuicksilverError } from '../../base/errors.ts';
import type { OpenFile, Vfs } from '../../files/vfs.ts';
import type { StoreCounters } from './counters.ts';
import type { TextPlace } from './manifestFile.ts';
import { NODE_LENGTH } from './node.ts';

const HEADER_LENGTH = NODE_LENGTH + 4;
/** Mercurial keeps at most 4; a file with many more is not worth walking through. */
const MAX_ENTRIES = 32;

/**
 * Returns the text of a node in the cache, or undefined. The file is a sequence of node, length (32 bits) and text.
 * Mercurial writes it carelessly, so the caller must check the text against the node. A damaged file counts as
 * missing.
 *
 * @param maxBytes longer texts are skipped
 */
export function readManifestCache(
  vfs: Vfs,
  file: string,
  node: Buffer,
  maxBytes: number,
  counters: StoreCounters,
): Buffer | undefined {
  return inCache(vfs, file, node, maxBytes, counters, (cache, start, length) => {
    const text = cache.read(start, length);
    counters.bytesRead += text.length;
    return text;
  });
}

/** Where it has it, without reading it. */
export function findInManifestCache(
  vfs: Vfs,
  file: string,
  node: Buffer,
  maxBytes: number,
  counters: StoreCounters,
): TextPlace | undefined {
  return inCache(vfs, file, node, maxBytes, counters, ({ identity }, start, length) => ({
    file,
    identity,
    start,
    length,
  }));
}

function inCache<Result>(
  vfs: Vfs,
  file: string,
  node: Buffer,
  maxBytes: number,
  counters: StoreCounters,
  use: (cache: OpenFile, start: number, length: number) => Result,
): Result | undefined {
  try {
    const cache = vfs.open(file);
    if (cache === undefined) return undefined;
    try {
      let at = 0;
      for (let i = 0; i < MAX_ENTRIES && at + HEADER_LENGTH <= cache.size; i++) {
        const header = cache.read(at, HEADER_LENGTH);
        counters.bytesRead += header.length;
        if (header.length < HEADER_LENGTH) return undefined;
        const length = header.readUInt32BE(NODE_LENGTH);
        const start = at + HEADER_LENGTH;
        if (node.equals(header.subarray(0, NODE_LENGTH))) {
          return length > maxBytes || start + length > cache.size ? undefined : use(cache, start, length);
        }
        at = start + length;
      }
      return undefined;
    } finally {
      cache.close();
    }
  } catch (error) {
    // The cache can be done without; the manifest itself is read instead.
    if (error instanceof QuicksilverError) return undefined;
    throw error;
  }
}
