// How similar two contents are, as Git measures it to find renames.

/** The score of equal contents. */
export const MAX_SCORE = 60_000;

const BUCKETS = 107_927;
/** A piece ends after a line feed, or when it is this long. */
const PIECE_BYTES = 64;
/** A NUL in so many bytes makes a content binary. */
const TEXT_PROBE_BYTES = 8000;

/** How many bytes of a content are in pieces with each hash. */
export type Fingerprint = ReadonlyMap<number, number>;

/**
 * Returns the fingerprint of a content. It is cut into pieces, and each counts its length under a hash of two 32-bit
 * registers. In a text, a CR before LF is skipped.
 * @param countsRest true if a last piece without line feed counts, as in newer releases of Git; 2.39 drops it
 */
export function fingerprint(content: Uint8Array, countsRest: boolean): Fingerprint {
  const isText = !content.subarray(0, TEXT_PROBE_BYTES).includes(0);
  const counts = new Map<number, number>();
  let first = 0;
  let second = 0;
  let length = 0;
  const endPiece = (): void => {
    const key = (((first + Math.imul(second, 0x61)) >>> 0) % BUCKETS) | 0;
    counts.set(key, (counts.get(key) ?? 0) + length);
    first = second = length = 0;
  };
  for (let i = 0; i < content.length; i++) {
    const byte = content[i]!;
    if (isText && byte === 0x0d && content[i + 1] === 0x0a) continue;
    const old = first;
    first = (((first << 7) ^ (second >>> 25)) + byte) | 0;
    second = (second << 7) ^ (old >>> 25);
    length++;
    if (length === PIECE_BYTES || byte === 0x0a) endPiece();
  }
  if (length > 0 && countsRest) endPiece();
  return counts;
}

/** Returns the bytes that two contents have in common. */
export function bytesInCommon(a: Fingerprint, b: Fingerprint): number {
  let copied = 0;
  for (const [key, count] of a) copied += Math.min(count, b.get(key) ?? 0);
  return copied;
}

/** True if sizes alone exclude a score of `minimum`. */
export function sizesExclude(a: number, b: number, minimum: number): boolean {
  const largest = Math.max(a, b);
  return largest * (MAX_SCORE - minimum) < (largest - Math.min(a, b)) * MAX_SCORE;
}
