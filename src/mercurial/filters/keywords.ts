// The extension keyword: working files have expanded keywords, the history has not. A status shrinks and never expands,
// so only the names of the keywords matter here.
import type { HgConfig } from '../config/hgConfig.ts';
import type { PatternRoot } from '../ignore/patternRoot.ts';
import { compileScope, type PathScope } from '../repository/pathScope.ts';
import type { Filter } from './lineEnds.ts';

export interface KeywordRules {
  readonly scope: PathScope;
  readonly shrink: Filter;
  /** Another text for other rules. */
  readonly version: string;
}

const OWN_FILES = '.hg*';
const COMMON = ['Revision', 'Author', 'Date', 'Id'];
const SETS = {
  cvs: ['RCSfile', 'RCSFile', 'Source', 'Header'],
  svn: ['LastChangedRevision', 'LastChangedBy', 'LastChangedDate'],
};

/**
 * Returns the rules of the configuration; undefined if nothing is expanded. Patterns with the value `ignore` exclude
 * files, others include them, and `.hg*` is excluded. Names of `[keywordmaps]` replace the usual ones. Verified with hg
 * 6.3.2. Throws 'invalid-config' or 'unsupported' for a pattern.
 */
export function keywordRules(config: HgConfig, root: PatternRoot): KeywordRules | undefined {
  if (!config.isExtensionEnabled('keyword')) return undefined;
  const patterns = config.items('keyword');
  const includes = patterns.filter(({ value }) => value !== 'ignore').map(({ name }) => name);
  if (includes.length === 0) return undefined;
  const ignored = patterns.filter(({ value }) => value === 'ignore').map(({ name }) => name);
  const excludes = [OWN_FILES, ...ignored];
  const own = config.items('keywordmaps').map(({ name }) => name);
  const names = own.length > 0 ? own : [...COMMON, ...SETS[config.boolean('keywordset', 'svn', false) ? 'svn' : 'cvs']];
  return {
    scope: compileScope({ includes, excludes }, root),
    shrink: shrinker(names),
    version: JSON.stringify([includes, excludes, names]),
  };
}

/** Replaces `$Name: value $` with `$Name$`; a value has no dollar sign and no line end. Binary files stay. */
export function shrinker(names: readonly string[]): Filter {
  const words = names.map(name => name.replace(/[^0-9A-Za-z_\x80-\xff]/g, '\\$&')).join('|');
  const expanded = new RegExp(`\\$(${words}): [^$\\n\\r]*? \\$`, 'g');
  return data => {
    if (data.includes(0) || !data.includes('$')) return data;
    return Buffer.from(data.toString('latin1').replace(expanded, '$$$1$$'), 'latin1');
  };
}
