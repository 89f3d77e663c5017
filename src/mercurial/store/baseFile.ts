// Decides if a working file has the content of a revision. Most often the hash answers: a node is the hash of its
// parents and text. So hashing the working file proves equality without building the revision's text.
import { createHash } from 'node:crypto';
import type { ContentSource } from '../../base/fileStat.ts';
import type { StoreCounters } from './counters.ts';
import { METADATA_MARK, startsWithMark, type Filelog } from './filelog.ts';
import { nodeHash } from './node.ts';
import { FLAG_CENSORED, FLAG_ELLIPSIS, type RevlogEntry } from './revlog.ts';

const MARK_LENGTH = METADATA_MARK.length;
/** The block that Mercurial puts before content that itself begins with the mark. */
const EMPTY_METADATA = Buffer.concat([METADATA_MARK, METADATA_MARK]);

/** True if `content` is what a working file has at this revision of the filelog. */
export function matchesRevision(
  filelog: Filelog,
  revision: number,
  content: ContentSource,
  counters: StoreCounters,
): boolean {
  const entry = filelog.revlog.entry(revision);
  if ((entry.flags & FLAG_CENSORED) !== 0) return isEmpty(content);
  const pointer = filelog.pointer(revision);
  if (pointer !== undefined) return content.size === pointer.size && sha256Of(content) === pointer.sha256;

  // The recorded length is that of the content, or (with metadata) longer by that block.
  const excess = entry.fullLength < 0 ? undefined : entry.fullLength - content.size;
  if (excess !== undefined && excess !== 0 && !mayHaveMetadata(entry, excess)) {
    counters.sizeMismatches++;
    return false;
  }
  if ((entry.flags & FLAG_ELLIPSIS) === 0) {
    if (hashOf(filelog, entry, content).equals(entry.node)) {
      counters.hashMatches++;
      return true;
    }
    // Without metadata the hash decides; with an empty block it was hashed too.
    if (excess === 0 || entry.p1 >= 0) return false;
  }
  // As Mercurial since 7.2: also where the block names no source, as one that a line break in a name cuts short.
  return hasBytes(content, filelog.content(revision));
}

/** A block of metadata has both marks at least. Only a revision without a first parent has a copy source in it. */
function mayHaveMetadata(entry: RevlogEntry, excess: number): boolean {
  return entry.p1 >= 0 ? excess === EMPTY_METADATA.length : excess >= EMPTY_METADATA.length;
}

function isEmpty(content: ContentSource): boolean {
  for (const chunk of content.chunks()) if (chunk.length > 0) return false;
  return true;
}

function sha256Of(content: ContentSource): string {
  const hash = createHash('sha256');
  for (const chunk of content.chunks()) hash.update(chunk);
  return hash.digest('hex');
}

/** The node that the content would have with the parents of the revision. */
function hashOf(filelog: Filelog, entry: RevlogEntry, content: ContentSource): Buffer {
  const hash = nodeHash(...filelog.revlog.parentNodes(entry));
  for (const chunk of storedForm(content)) hash.update(chunk);
  return hash.digest();
}

/** The content as Mercurial stores it if it is no copy. */
function* storedForm(content: ContentSource): Generator<Uint8Array> {
  // Pieces may be of any length, so the first bytes are gathered until the mark is complete.
  const head: Uint8Array[] = [];
  let headLength = 0;
  for (const chunk of content.chunks()) {
    if (headLength >= MARK_LENGTH) {
      yield chunk;
      continue;
    }
    head.push(chunk);
    headLength += chunk.length;
    if (headLength >= MARK_LENGTH) {
      const bytes = Buffer.concat(head);
      if (startsWithMark(bytes)) yield EMPTY_METADATA;
      yield bytes;
    }
  }
  if (headLength < MARK_LENGTH) yield* head;
}

/** True if the content is these bytes. */
export function hasBytes(content: ContentSource, expected: Buffer): boolean {
  // Reading would give the same result, unless the file is changing, and then it is read again anyway.
  if (expected.length !== content.size) return false;
  let at = 0;
  for (const chunk of content.chunks()) {
    if (at + chunk.length > expected.length || expected.compare(chunk, 0, chunk.length, at, at + chunk.length) !== 0) {
      return false;
    }
    at += chunk.length;
  }
  return at === expected.length;
}
