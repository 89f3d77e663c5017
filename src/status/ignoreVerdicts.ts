// Asks the ignore rules about paths and the directories above them.
import { parentPath, type BytePath } from '../base/bytePath.ts';
import { NO_NODE, type IgnoreMatcher, type NodeId, type StatusInput } from './types.ts';

/**
 * True if a directory with this node is entered even if it is ignored. For Mercurial, a recorded file at its place
 * suffices; for Git, something below it must be recorded.
 */
export function isEnteredIfIgnored(
  node: NodeId,
  { rules, statCache }: Pick<StatusInput, 'rules' | 'statCache'>,
): boolean {
  return node !== NO_NODE && (rules.isRepository === undefined || statCache.childCount(node) > 0);
}

export class IgnoreVerdicts {
  readonly #ignore: IgnoreMatcher;
  readonly #asksParents: boolean;
  /** The last directory that was asked for, for the files beside each other. */
  #last: { readonly directory: BytePath; readonly ignored: boolean } | undefined;

  /** @param asksParents true if the caller does not know whether a directory above a path is ignored */
  constructor(ignore: IgnoreMatcher, asksParents: boolean) {
    this.#ignore = ignore;
    this.#asksParents = asksParents;
  }

  /** True if the path is ignored by its own name. */
  matches(path: BytePath, isDirectory: boolean): boolean {
    return !this.#ignore.isEmpty && this.#ignore.matches(path, isDirectory);
  }

  /**
   * True if the path is ignored by its own name or by that of a directory above it.
   * @param inIgnored whether a directory above it is known to be ignored
   */
  isIgnored(path: BytePath, inIgnored: boolean, isDirectory = false): boolean {
    if (inIgnored || this.matches(path, isDirectory)) return true;
    if (!this.#asksParents) return false;
    const directory = parentPath(path);
    if (this.#last?.directory !== directory) {
      this.#last = { directory, ignored: directory !== '' && this.isIgnored(directory, false, true) };
    }
    return this.#last.ignored;
  }
}
