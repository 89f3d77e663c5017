// How renames are searched for, from the configuration.
import { QuicksilverError } from '../../base/errors.ts';
import { MAX_SCORE } from '../../git/changes/similarity.ts';
import type { GitConfig } from '../../git/config/gitConfig.ts';
import type { RenameOptions } from './renameDetection.ts';

/** Renames of files that are at least half equal. */
const DEFAULT_PERCENT = 50;
const DEFAULT_RENAME_LIMIT = 1000;

export interface RenameRequest {
  readonly enabled: boolean;
  /** The lowest similarity of a rename; undefined for the usual one. */
  readonly percent: number | undefined;
}

/**
 * Reads status.renames, diff.renames and their limits. Throws 'unsupported' if the configuration asks for copies.
 * @param request wins over the configuration
 * @param release the release of Git whose similarities count; undefined for the newest
 */
export function renameOptions(
  config: GitConfig,
  request: RenameRequest | undefined,
  release: string | undefined,
): RenameOptions {
  const setting = config.has('status.renames') ? 'status.renames' : 'diff.renames';
  const value = config.get(setting);
  const isCopies = value !== undefined && /^cop(?:ies|y)$/i.test(value);
  if (isCopies && request === undefined) {
    throw new QuicksilverError('unsupported', `${setting} asks for copies, which is not supported`);
  }
  const enabled = request?.enabled ?? (isCopies || config.boolean(setting, true));
  const limit = config.integer('status.renamelimit') ?? config.integer('diff.renamelimit') ?? DEFAULT_RENAME_LIMIT;
  const percent = request?.percent ?? DEFAULT_PERCENT;
  return {
    enabled,
    minimum: Math.floor((percent * MAX_SCORE) / 100),
    limit: Math.max(0, limit),
    countsRest: countsRest(release),
  };
}

/** Releases before 2.44 leave the last piece of a content without line feed out of its similarity. */
function countsRest(release: string | undefined): boolean {
  const match = /^(\d+)\.(\d+)/.exec(release ?? '');
  return match === null || Number(match[1]) > 2 || (Number(match[1]) === 2 && Number(match[2]) >= 44);
}
