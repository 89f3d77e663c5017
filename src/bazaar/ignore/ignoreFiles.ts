// The files with patterns of what is ignored: the user's, and `.bzrignore` in the root of the working tree.
import * as path from 'node:path';
import { QuicksilverError } from '../../base/errors.ts';
import { linesOf, withoutTrailing } from '../../base/lines.ts';
import type { Vfs } from '../../files/vfs.ts';
import { configFile, type BazaarEnvironment } from '../repository/configFiles.ts';
import { normalizePattern } from './translatePattern.ts';

export const IGNORE_FILE = '.bzrignore';

/** Breezy's patterns for a user who has no file. */
const DEFAULTS = ['*.a', '*.o', '*.py[co]', '*.so', '*.sw[nop]', '*~', '.#*', '[#]*#', '__pycache__', 'bzr-orphans'];

const MAX_BYTES = 4 * 1024 * 1024;

export interface IgnorePattern {
  /** Normalized text. */
  readonly text: string;
  readonly file: string;
  /** From 1; 0 for a default. */
  readonly line: number;
}

export interface IgnorePatterns {
  readonly patterns: readonly IgnorePattern[];
  /** One sentence for each line that is no UTF-8. */
  readonly warnings: readonly string[];
}

/** Absolute paths of the files that decide, missing ones included. */
export function ignoreFilePaths(vfs: Vfs, root: string, environment: BazaarEnvironment): string[] {
  return [path.join(root, IGNORE_FILE), configFile(vfs, environment, 'ignore')];
}

/**
 * Reads the patterns, which together are one set.
 * Throws 'invalid-config' if `.bzrignore` is there and no regular file, as Breezy fails; 'io' if one cannot be read.
 */
export function readIgnorePatterns(vfs: Vfs, root: string, environment: BazaarEnvironment): IgnorePatterns {
  const warnings: string[] = [];
  const [own, user] = ignoreFilePaths(vfs, root, environment) as [string, string];
  const patterns = new Map<string, IgnorePattern>();
  const add = (file: string, bytes: Buffer): void => {
    for (const { text, line } of linesIn(file, bytes, warnings)) {
      const normal = normalizePattern(text);
      if (!patterns.has(normal)) patterns.set(normal, { text: normal, file, line });
    }
  };
  const stat = vfs.lstat(own);
  if (stat !== undefined) {
    const read = vfs.isDirectory(own) ? undefined : vfs.read(own, MAX_BYTES);
    if (read === undefined) {
      throw new QuicksilverError('invalid-config', `${own} is not a regular file`, { file: own });
    }
    add(own, read.bytes);
  }
  const read = vfs.read(user, MAX_BYTES);
  if (read !== undefined) add(user, read.bytes);
  else for (const text of DEFAULTS) if (!patterns.has(text)) patterns.set(text, { text, file: user, line: 0 });
  return { patterns: [...patterns.values()], warnings };
}

function* linesIn(file: string, bytes: Buffer, warnings: string[]): Generator<{ text: string; line: number }> {
  let number = 0;
  for (const latin1 of linesOf(bytes.toString('latin1'))) {
    number++;
    const line = Buffer.from(latin1, 'latin1');
    const text = withoutTrailing(line.toString('utf8'), '\r\n');
    if (!Buffer.from(line.toString('utf8'), 'utf8').equals(line)) {
      warnings.push(`${file}:${number}: not UTF-8, the line is ignored`);
      continue;
    }
    if (text !== '' && !text.startsWith('#')) yield { text, line: number };
  }
}
