import * as fs from 'node:fs';
import { QuicksilverError, errorMessage, systemErrorCode } from '../../base/errors.ts';

/**
 * Names of the '*.rc' files in a directory, in the order in which Mercurial reads them; none if it does not exist.
 * Throws a QuicksilverError 'io' if it cannot be read.
 */
export function rcFilesIn(directory: string): string[] {
  let names: string[];
  try {
    names = fs.readdirSync(directory);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new QuicksilverError('io', `${directory}: ${errorMessage(error)}`, { file: directory, cause: error });
  }
  return names.filter(name => name.endsWith('.rc')).sort();
}
