// Files on a file system whose type a test chooses.
import { Vfs } from '../../src/files/vfs.ts';

export class TypedVfs extends Vfs {
  readonly #type: number | undefined;

  /** @param type as statfs has it; undefined if it is unknown */
  constructor(type: number | undefined) {
    super();
    this.#type = type;
  }

  override fileSystemType(): number | undefined {
    return this.#type;
  }
}
