// Decides which paths belong to the working copy. A path below a symbolic link, another repository or a missing
// directory does not, even if `lstat` finds it.
import { joinPath, type BytePath } from '../base/bytePath.ts';
import { NO_NODE, type StatusInput } from './types.ts';
import type { WorkingTree } from './workingTree.ts';

export interface InsideLocation {
  readonly inside: true;
  /** True if a directory above the path is ignored. Reading it reads the rules, which may be broken. */
  readonly inIgnored: boolean;
  /** True if a directory above the path is excluded: then only recorded names at the path have a status. */
  readonly inExcluded: boolean;
}

export type Location =
  | InsideLocation
  | {
      readonly inside: false;
      /** The uppermost component that is not a directory of this working copy. */
      readonly at: BytePath;
      readonly why: 'missing' | 'not-a-directory' | 'nested-repository' | 'untracked';
    };

/** Locates many paths of one moment. It asks about each directory once, so make a new locator for each batch. */
export class PathLocator {
  readonly #input: StatusInput;
  readonly #tree: WorkingTree;
  readonly #directories = new Map<BytePath, Location>();

  constructor(input: StatusInput, tree: WorkingTree) {
    this.#input = input;
    this.#tree = tree;
    this.#directories.set('' as BytePath, { inside: true, inIgnored: false, inExcluded: false });
  }

  /** Checks the directories above `path`, from the root down, but not the path itself. */
  locate(path: BytePath): Location {
    const slash = path.lastIndexOf('/');
    return this.#directory((slash < 0 ? '' : path.slice(0, slash)) as BytePath);
  }

  #directory(path: BytePath): Location {
    const known = this.#directories.get(path);
    if (known !== undefined) return known;
    const above = this.locate(path);
    const location = above.inside ? this.#check(path, above) : above;
    this.#directories.set(path, location);
    return location;
  }

  #check(path: BytePath, above: InsideLocation): Location {
    const { rules, ignore } = this.#input;
    const kind = this.#tree.lstat(path)?.kind;
    if (kind === undefined) return { inside: false, at: path, why: 'missing' };
    if (kind !== 'directory') return { inside: false, at: path, why: 'not-a-directory' };
    if (this.#isNested(path)) {
      return { inside: false, at: path, why: 'nested-repository' };
    }
    if (rules.versionsDirectories === true && !this.#isVersioned(path)) {
      return { inside: false, at: path, why: 'untracked' };
    }
    let verdict: boolean | undefined;
    return {
      inside: true,
      get inIgnored() {
        const asks = rules.versionsDirectories !== true && !ignore.isEmpty;
        return (verdict ??= above.inIgnored || (asks && ignore.matches(path, true)));
      },
      inExcluded: above.inExcluded || rules.excluded.has(path),
    };
  }

  #isVersioned(path: BytePath): boolean {
    const { statCache } = this.#input;
    const node = statCache.find(path);
    const kind = node === NO_NODE ? 'none' : statCache.kind(node);
    return kind !== 'none' && kind !== 'removed';
  }

  #isNested(path: BytePath): boolean {
    const { rules, statCache } = this.#input;
    if (rules.hasNested === false) return false;
    const node = rules.isRepository === undefined ? NO_NODE : statCache.find(path);
    if (node !== NO_NODE && statCache.childCount(node) > 0) return false;
    const found = this.#tree.lstat(joinPath(path, rules.controlDirectory));
    if (rules.isRepository === undefined) return found?.kind === 'directory';
    return found !== undefined && rules.isRepository(path);
  }
}
