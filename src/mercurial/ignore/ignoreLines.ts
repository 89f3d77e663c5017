// Lines that may become part of an ignore file, before they are.
import { QuicksilverError } from '../../base/errors.ts';
import { parseIgnoreFile } from './ignoreFile.ts';
import { patternOf } from './ignoreRules.ts';
import { compilePatterns, type PatternMatcher } from './patternMatcher.ts';
import type { PatternRoot } from './patternRoot.ts';

/** More than anybody types at once. */
const MOST_CHARACTERS = 10_000;

/**
 * Compiles lines of the ignore file in `root`, a byte string. Throws a QuicksilverError:
 * - 'invalid-config' for a pattern at which Mercurial would abort;
 * - 'unsupported' for a pattern that cannot be matched in bounded time, and for lines that include other files.
 */
export function compileIgnoreLines(content: string, root: PatternRoot): PatternMatcher {
  if (content.length > MOST_CHARACTERS) {
    throw new QuicksilverError('unsupported', `${content.length} characters are too many for a pattern`);
  }
  const patterns = Array.from(parseIgnoreFile(content), line => {
    switch (line.type) {
      case 'pattern':
        return patternOf(line, '.hgignore', root);
      case 'badSyntax':
        throw new QuicksilverError('invalid-config', 'there is no syntax of this name');
      case 'include':
      case 'subinclude':
        throw new QuicksilverError('unsupported', 'what another file would ignore is not looked at');
    }
  });
  return compilePatterns(patterns);
}
