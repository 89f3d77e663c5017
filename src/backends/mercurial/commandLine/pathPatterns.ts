// Compiles patterns of the command line. A separate file, because the regular expression engine takes longer to load
// than a status without patterns.
import type { BytePath } from '../../../base/bytePath.ts';
import { QuicksilverError } from '../../../base/errors.ts';
import { compilePatterns, type Pattern } from '../../../mercurial/ignore/patternMatcher.ts';

/** Returns a matcher for paths. Throws a 'usage' error for a pattern that is wrong, or cannot be matched. */
export function compilePathPatterns(
  patterns: readonly Pattern[],
  reach: 'whole' | 'orParent',
): (path: BytePath) => boolean {
  try {
    const matcher = compilePatterns(patterns, reach);
    return path => matcher.matches(path);
  } catch (error) {
    // 'unsupported' would blame the repository, but only the pattern is.
    if (error instanceof QuicksilverError) throw new QuicksilverError('usage', error.message);
    throw error;
  }
}
