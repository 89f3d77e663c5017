import * as path from 'node:path';
import { isUtf8, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { ProcessEnvironment } from '../../files/environment.ts';
import { expandPath } from '../config/expandPath.ts';
import type { HgConfig } from '../config/hgConfig.ts';

/**
 * Returns the absolute paths of the ignore files that the configuration names ("ui.ignore" and "ui.ignore.*"), in its
 * order. They need not exist. Relative names are relative to `root`. The working copy's own `.hgignore` is not
 * included.
 *
 * Throws a QuicksilverError 'unsupported' for a name that is not UTF-8.
 */
export function configuredIgnoreFiles(root: string, config: HgConfig, environment: ProcessEnvironment): string[] {
  const files: string[] = [];
  for (const { name, value, file, line } of config.items('ui')) {
    if (name !== 'ignore' && !name.startsWith('ignore.')) continue;
    if (!isUtf8(value as BytePath)) {
      throw new QuicksilverError('unsupported', `${file}:${line}: the name of the ignore file is not UTF-8`, {
        file,
        line,
      });
    }
    const expanded = expandPath(toDisplay(value), environment);
    // Not normalized: this is what Mercurial shows in its warnings.
    files.push(path.isAbsolute(expanded) ? expanded : `${root.replace(/\/$/, '')}/${expanded}`);
  }
  return files;
}
