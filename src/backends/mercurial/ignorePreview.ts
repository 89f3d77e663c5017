// Computes which files a line would hide if it were in the ignore file.
import { fromDisplay, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { compileIgnoreLines } from '../../mercurial/ignore/ignoreLines.ts';
import type { PatternRoot } from '../../mercurial/ignore/patternRoot.ts';
import type { IgnorePreview } from '../../workingCopy/queries.ts';

/** Which of the untracked files each of the lines would hide; of their names, the first `limit`. */
export function previewIgnore(
  root: PatternRoot,
  untracked: readonly BytePath[],
  lines: readonly string[],
  limit: number,
): IgnorePreview[] {
  return lines.map(line => previewLine(root, untracked, line, limit));
}

function previewLine(root: PatternRoot, unknown: readonly BytePath[], line: string, limit: number): IgnorePreview {
  try {
    const matcher = compileIgnoreLines(fromDisplay(line), root);
    const hidden = unknown.filter(path => matcher.isIgnored(path));
    return { kind: 'hidden', total: hidden.length, first: hidden.slice(0, limit).map(toDisplay) };
  } catch (error) {
    if (!(error instanceof QuicksilverError)) throw error;
    return { kind: 'invalid', message: error.message };
  }
}
