// The rows of a dirstate that native code takes: see native/decode_bazaar.c.
import type { NativeDecoders } from '../../base/decodeAccelerators.ts';
import type { Columns } from './dirstateTree.ts';

export type TakePlainRows = NativeDecoders['takePlainRows'];

/** The place of a decoder that goes through the rows one after another. */
export interface RowPlace {
  /** Where the next row begins. */
  readonly at: number;
  /** The last node; there is one. */
  readonly node: number;
  readonly rowsLeft: number;
  /** The path of the directory of the last row, and its node. An offset of -1: there was none. */
  readonly blockOffset: number;
  readonly blockLength: number;
  readonly parent: number;
  readonly hasSameParent: boolean;
}

/** After a row that is not plain, so many rows at most go by before native code is asked again. */
const MOST_SKIPPED = 64;

/** Asks native code for plain rows, less often where there are few. */
export class PlainRows {
  readonly #take: TakePlainRows;
  readonly #bytes: Uint8Array;
  readonly #columns: readonly (Uint32Array | Uint16Array)[];
  readonly #trees: number;
  readonly #device: number;
  readonly #state = new Uint32Array(9);
  #skip = 0;
  #pause = 1;

  constructor(
    take: TakePlainRows,
    bytes: Uint8Array,
    columns: Columns,
    { trees, device }: { readonly trees: number; readonly device: number },
  ) {
    this.#take = take;
    this.#bytes = bytes;
    this.#columns = [
      columns.pathOffset,
      columns.pathLength,
      columns.baseStart,
      columns.firstChild,
      columns.childCount,
      columns.flags,
      columns.size,
      columns.mtimeSeconds,
      columns.ctimeSeconds,
      columns.inode,
      columns.doubtful,
      columns.working,
      columns.base,
    ];
    this.#trees = trees;
    this.#device = device;
  }

  /** Returns the place after the plain rows that begin at `place`, which may be none. */
  after(place: RowPlace): RowPlace {
    if (this.#skip > 0) {
      this.#skip--;
      return place;
    }
    const { at, node, rowsLeft, blockOffset, blockLength, parent, hasSameParent } = place;
    const state = this.#state;
    state.set([at, node, rowsLeft, blockOffset, blockLength, parent, Number(hasSameParent), this.#trees, this.#device]);
    this.#take(this.#bytes, this.#columns, state);
    this.#pause = state[2] === rowsLeft ? Math.min(this.#pause * 2, MOST_SKIPPED) : 1;
    this.#skip = this.#pause - 1;
    return {
      at: state[0]!,
      node: state[1]!,
      rowsLeft: state[2]!,
      blockOffset: state[3] === 0xffff_ffff ? -1 : state[3]!,
      blockLength: state[4] === 0xffff_ffff ? -1 : state[4]!,
      parent: state[5]!,
      hasSameParent: state[6] !== 0,
    };
  }
}
