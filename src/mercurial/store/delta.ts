// Applies deltas to a list of pieces instead of the text. A manifest of tens of megabytes may have a chain of
// hundreds of small deltas, and copying the whole text for each would take seconds.
import { ByteReader } from '../../base/byteReader.ts';
import { QuicksilverError } from '../../base/errors.ts';

/** A text that deltas are applied to one after the other. */
export class PatchedText {
  readonly #name: string;
  readonly #maxBytes: number;
  readonly #spend: (bytes: number) => void;
  #pieces: Uint8Array[];
  #length: number;
  /** Bytes of buffers that the pieces may keep alive, beside the text that the last {@link #flatten} made. */
  #held = 0;

  /**
   * @param base the full text that the first delta applies to
   * @param maxBytes no text on the way may be longer
   * @param name what errors are about
   * @param spend called with the work done, in bytes copied or what takes as long; may throw to end it
   */
  constructor(base: Uint8Array, maxBytes: number, name: string, spend: (bytes: number) => void = () => undefined) {
    this.#name = name;
    this.#maxBytes = maxBytes;
    this.#spend = spend;
    this.#pieces = base.length > 0 ? [base] : [];
    this.#length = base.length;
  }

  get length(): number {
    return this.#length;
  }

  /**
   * Applies a delta: hunks of start, end and length (32 bits each) and that many bytes. They replace the range of the
   * text before this delta. Hunks are in ascending order. Throws 'corrupt' for anything else.
   */
  apply(delta: Uint8Array): void {
    const reader = new ByteReader(delta, this.#name);
    const pieces = this.#pieces;
    const next: Uint8Array[] = [];
    let index = 0;
    let within = 0;
    let position = 0;
    let length = this.#length;
    const advance = (to: number, keep: boolean): void => {
      while (position < to) {
        const piece = pieces[index]!;
        const count = Math.min(piece.length - within, to - position);
        if (keep) next.push(count === piece.length ? piece : piece.subarray(within, within + count));
        within += count;
        position += count;
        if (within === piece.length) {
          index++;
          within = 0;
        }
      }
    };
    for (let at = 0; at < delta.length;) {
      const start = reader.u32(at);
      const end = reader.u32(at + 4);
      const size = reader.u32(at + 8);
      if (start < position || end < start || end > this.#length) {
        throw this.#corrupt(`a delta replaces bytes ${start} to ${end} of ${this.#length}`);
      }
      const bytes = reader.slice(at + 12, size);
      advance(start, true);
      advance(end, false);
      if (size > 0) next.push(bytes);
      length += size - (end - start);
      at += 12 + size;
    }
    advance(this.#length, true);
    this.#spend(next.length * BYTES_OF_WORK_PER_PIECE);
    if (length > this.#maxBytes) throw this.#corrupt(`a delta makes a text of ${length} bytes`);
    this.#pieces = next;
    this.#length = length;
    this.#held += delta.length;
    if (next.length > Math.max(MIN_PIECES, length / BYTES_PER_PIECE) || this.#held > length + MIN_HELD) this.#flatten();
  }

  /** The text, which may be the base itself if nothing was changed. */
  toBuffer(): Buffer {
    this.#flatten();
    const [whole] = this.#pieces;
    return whole === undefined ? Buffer.alloc(0) : Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength);
  }

  #flatten(): void {
    this.#held = 0;
    if (this.#pieces.length <= 1) return;
    this.#spend(this.#length);
    this.#pieces = [Buffer.concat(this.#pieces, this.#length)];
  }

  #corrupt(what: string): QuicksilverError {
    return new QuicksilverError('corrupt', `${this.#name}: ${what}`);
  }
}

/** With more pieces than these allow, walking them for every delta costs more than copying the text once. */
const MIN_PIECES = 2048;
const BYTES_PER_PIECE = 2048;
/** Bytes that can be copied while one piece is taken over. */
const BYTES_OF_WORK_PER_PIECE = 32;
/** Deltas kept alive by their pieces may weigh this much more than the text before they are copied together. */
const MIN_HELD = 1 << 20;
