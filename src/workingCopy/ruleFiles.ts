// Which hinted paths are files that a snapshot was made from.
import { fromDisplay, parentPath, type BytePath } from '../base/bytePath.ts';

export class RuleFiles {
  readonly #prefix: string;
  #files: readonly string[] | undefined;
  #paths: ReadonlySet<BytePath> = new Set();

  /** @param root of the working copy, absolute */
  constructor(root: string) {
    this.#prefix = `${root}/`.replaceAll('\\', '/');
  }

  /**
   * True if one of the paths is in `files` (absolute), such as an ignore file, or is a directory above one. Costs one
   * look-up for each path while the list is the same object.
   */
  touches(files: readonly string[], paths: ReadonlySet<BytePath>): boolean {
    if (files !== this.#files) {
      this.#files = files;
      this.#paths = this.#withDirectories(files);
    }
    for (const path of paths) if (this.#paths.has(path)) return true;
    return false;
  }

  #withDirectories(files: readonly string[]): Set<BytePath> {
    const paths = new Set<BytePath>();
    for (const file of files) {
      const name = file.replaceAll('\\', '/');
      if (!name.startsWith(this.#prefix)) continue;
      for (let at = fromDisplay(name.slice(this.#prefix.length)); at !== ''; at = parentPath(at)) paths.add(at);
    }
    return paths;
  }
}
