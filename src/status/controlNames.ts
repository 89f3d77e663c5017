// Names of control directories. Git skips the name `.git` in every directory, whatever is there; the other systems skip
// their name in the root only.
import type { BytePath } from '../base/bytePath.ts';
import type { TreeRules } from './types.ts';

/** The rules that decide which names are control directories. */
export type ControlRules = Pick<TreeRules, 'controlDirectory' | 'isRepository' | 'foldsCase'>;

/**
 * True if a name never has a status, because it is that of a control directory. Where names that differ in case are one
 * file, Git skips `.GIT`, too (from experiments with core.ignoreCase in Git 2.39).
 *
 * @param isRoot whether the name is in the root of the working copy
 */
export function isControlName(name: string, isRoot: boolean, rules: ControlRules): boolean {
  const { controlDirectory, isRepository, foldsCase } = rules;
  if (isRepository === undefined) return isRoot && name === controlDirectory;
  return name === controlDirectory || (foldsCase === true && name.toLowerCase() === controlDirectory);
}

/** Returns the first part of a path that ends with the name of a control directory; undefined if there is none. */
export function controlDirectoryIn(path: BytePath, rules: ControlRules): BytePath | undefined {
  for (let from = 0, end = 0; end < path.length; from = end + 1) {
    const slash = path.indexOf('/', from);
    end = slash < 0 ? path.length : slash;
    if (isControlName(path.slice(from, end), from === 0, rules)) return path.slice(0, end) as BytePath;
  }
  return undefined;
}
