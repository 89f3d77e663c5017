// How renames are searched for, from the configuration.
import { QuicksilverError } from '../../base/errors.ts';
import { MAX_SCORE } from '../../git/changes/similarity.ts';
import type { GitConfig } from '../../git/config/gitConfig.ts';
import type { RenameOptions } from './renameDetection.ts';

/** Renames of files that are at least half equal. */
const DEFAULT_PERCENT = 50;
const DEFAULT_RENAME_LIMIT = 1000;
/** Counts as if there were no such line. */
const NO_LIMIT_SET = -1;

export interface RenameRequest {
  readonly enabled: boolean;
  /** The lowest similarity of a rename; undefined for the usual one. */
  readonly percent: number | undefined;
}

/**
 * Reads status.renames, diff.renames and their limits. As in Git's status, the first of several values of
 * `diff.renames` and of `diff.renameLimit` counts, and the last one of the others.
 * Throws 'unsupported' if the configuration asks for copies.
 * @param request wins over the configuration
 * @param release the release of Git whose similarities count; undefined for the newest
 */
export function renameOptions(
  config: GitConfig,
  request: RenameRequest | undefined,
  release: string | undefined,
): RenameOptions {
  const hasOwn = config.has('status.renames');
  const setting = hasOwn ? 'status.renames' : 'diff.renames';
  const values = config.all(setting);
  const value = hasOwn ? values.at(-1) : values[0];
  const isCopies = value !== undefined && /^cop(?:ies|y)$/i.test(value);
  if (isCopies && request === undefined) {
    throw new QuicksilverError('unsupported', `${setting} asks for copies, which is not supported`);
  }
  const isSet = (): boolean => (hasOwn ? config.boolean(setting, true) : config.firstBoolean(setting, true));
  const enabled = request?.enabled ?? (isCopies || isSet());
  const limit =
    config.integer('status.renamelimit') ??
    config.integers('diff.renamelimit').find(each => each !== NO_LIMIT_SET) ??
    DEFAULT_RENAME_LIMIT;
  const minimumOf = (percent: number): number => Math.floor((percent * MAX_SCORE) / 100);
  return {
    enabled,
    // Zero means the usual one.
    minimum: minimumOf(request?.percent ?? 0) || minimumOf(DEFAULT_PERCENT),
    limit: Math.max(0, limit),
    countsRest: countsRest(release),
  };
}

/** Releases before 2.44 leave the last piece of a content without line feed out of its similarity. */
function countsRest(release: string | undefined): boolean {
  const match = /^(\d+)\.(\d+)/.exec(release ?? '');
  return match === null || Number(match[1]) > 2 || (Number(match[1]) === 2 && Number(match[2]) >= 44);
}
