// The settings for showing differences: `hg help config.diff`.
import { QuicksilverError } from '../../base/errors.ts';
import { KEEP_WHITESPACE, type WhitespaceOptions } from '../annotate/whitespace.ts';
import type { HgConfig } from '../config/hgConfig.ts';

export interface DiffOptions {
  /** Use the extended format of Git, which has modes, copies and binary files. */
  readonly git: boolean;
  /** Lines of context around a change. */
  readonly context: number;
  readonly showsDates: boolean;
  /** Write 'a/' and 'b/' before names. */
  readonly hasPrefixes: boolean;
  /** Name the function that a hunk is in. */
  readonly showsFunction: boolean;
  /** In the format of Git, write binary files whole. */
  readonly hasBinary: boolean;
  readonly whitespace: WhitespaceOptions;
  readonly ignoresBlankLines: boolean;
}

export const DEFAULT_DIFF_OPTIONS: DiffOptions = {
  git: false,
  context: 3,
  showsDates: true,
  hasPrefixes: true,
  showsFunction: false,
  hasBinary: true,
  whitespace: KEEP_WHITESPACE,
  ignoresBlankLines: false,
};

/**
 * Returns the options that the configuration has.
 *
 * @param isPlain true under HGPLAIN, where settings that would surprise a script do not count
 * @param isTweaked true if ui.tweakdefaults is on: settings that are not given are those of Git
 * @param isData true for a difference within JSON, for which white space counts and the format is fixed
 * @throws 'invalid-config' for a value of the wrong type
 * @throws 'unsupported' for settings that choose another comparison of lines, or other headers
 */
export function readDiffOptions(
  config: HgConfig,
  { isPlain, isTweaked, isData }: Readonly<Record<'isPlain' | 'isTweaked' | 'isData', boolean>>,
): DiffOptions {
  const asked = (name: string, fallback = false): boolean => config.boolean('diff', name, fallback);
  const ignores = (name: string): boolean => !isData && asked(name);
  const isFixed = isPlain || isData;
  if (config.boolean('experimental', 'xdiff', false)) throw unsupported('experimental.xdiff');
  const isExtended = ['index', 'similarity'].find(name => config.get('experimental', `extendedheader.${name}`));
  if (isExtended !== undefined && !isPlain) throw unsupported(`experimental.extendedheader.${isExtended}`);
  return {
    git: asked('git', isTweaked),
    context: contextOf(config.get('diff', 'unified')?.value),
    showsDates: !asked('nodates'),
    hasPrefixes: isFixed || !asked('noprefix'),
    showsFunction: asked('showfunc', isTweaked),
    hasBinary: isFixed || !asked('nobinary'),
    whitespace: { all: ignores('ignorews'), amount: ignores('ignorewsamount'), endOfLine: ignores('ignorewseol') },
    ignoresBlankLines: ignores('ignoreblanklines'),
  };
}

function contextOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_DIFF_OPTIONS.context;
  if (!/^\s*[+-]?\d{1,9}\s*$/.test(text)) {
    throw new QuicksilverError('invalid-config', `diff context lines count must be an integer, not '${text}'`);
  }
  return Number(text);
}

function unsupported(name: string): QuicksilverError {
  return new QuicksilverError('unsupported', `The setting ${name} is not supported for differences.`);
}
