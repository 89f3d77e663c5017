// The filters that Mercurial applies to a working file before it compares it with the history. They come from
// `[encode]` and from the extensions eol and keyword.
import { createHash } from 'node:crypto';
import { bytePath, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { ContentSource } from '../../base/fileStat.ts';
import type { HgConfig } from '../config/hgConfig.ts';
import { parseBoolean } from '../config/hgConfig.ts';
import { compilePatterns } from '../ignore/patternMatcher.ts';
import type { PatternRoot } from '../ignore/patternRoot.ts';
import { patternOfText } from '../repository/pathScope.ts';
import type { EolRules, EolStyle } from './eolRules.ts';
import { keywordRules, type KeywordRules } from './keywords.ts';
import { WIN32TEXT, toLineEnd, unchanged, type EolSettings, type Filter } from './lineEnds.ts';

/** A filter takes the whole file. A larger one stays undecided. */
const MAX_FILE_BYTES = 1 << 28;

interface EncodeRule {
  readonly matches: (path: BytePath) => boolean;
  readonly filter: Filter;
}

export class EncodeRules {
  /** Another text for other rules. */
  readonly version: string;
  readonly #rules: readonly EncodeRule[];
  readonly #keywords: KeywordRules | undefined;

  private constructor(rules: readonly EncodeRule[], keywords: KeywordRules | undefined, version: string) {
    this.#rules = rules;
    this.#keywords = keywords;
    this.version = version;
  }

  /**
   * Makes the rules; undefined if there are none. A filter that is a program throws 'unsupported' for each file. For a
   * pattern it throws 'invalid-config' or 'unsupported', and 'invalid-config' for a setting that is no boolean.
   * @param eol of the working copy's `.hgeol`, if the extension is enabled and the file is there
   */
  static make(
    config: HgConfig,
    eol: EolRules | undefined,
    eolText: string,
    root: PatternRoot,
  ): EncodeRules | undefined {
    const settings = eolSettings(config, eol);
    const replaced = new Set(eol?.patterns);
    const rules: EncodeRule[] = [];
    const parts = [eolText, JSON.stringify(settings)];
    for (const { name, value } of config.items('encode')) {
      if (value === '!' || replaced.has(name)) continue;
      const filter = builtIn(config, value, settings) ?? program(value);
      const matcher = compilePatterns([patternOfText(name, root)], 'whole');
      rules.push({ matches: path => matcher.matches(path), filter });
      parts.push(name, value);
    }
    const filters: Readonly<Record<EolStyle, Filter>> = {
      LF: toLineEnd('\n', settings),
      CRLF: toLineEnd('\r\n', settings),
      BIN: unchanged,
    };
    for (const { matches, style } of eol?.filters() ?? []) rules.push({ matches, filter: filters[style] });
    const keywords = keywordRules(config, root);
    if (keywords !== undefined) parts.push(keywords.version);
    if (rules.length === 0 && keywords === undefined) return undefined;
    return new EncodeRules(rules, keywords, createHash('sha1').update(parts.join('\0')).digest('hex'));
  }

  /** The filter for a path, from the root; undefined if its content stays as it is. */
  filterFor(path: BytePath): Filter | undefined {
    const own = this.filterKeepingKeywords(path);
    const shrink = this.#keywords?.scope.matches(path) === true ? this.#keywords.shrink : undefined;
    if (own === undefined || shrink === undefined) return own ?? shrink;
    return data => shrink(own(data));
  }

  /** The filter for a path in the commands for which the extension keyword does nothing. `hg annotate` is one. */
  filterKeepingKeywords(path: BytePath): Filter | undefined {
    const filter = this.#rules.find(rule => rule.matches(path))?.filter;
    return filter === unchanged ? undefined : filter;
  }
}

/** Returns a filter that leaves each file undecided: nothing here runs a program. */
function program(command: string): Filter {
  return () => {
    const shown = toDisplay(bytePath(command));
    throw new QuicksilverError('unsupported', `The filter '${shown}' in [encode] is a program.`);
  };
}

/** The content as the history would have it. */
export function filtered(content: ContentSource, filter: Filter): ContentSource {
  if (content.size > MAX_FILE_BYTES) {
    throw new QuicksilverError('unsupported', `${content.size} bytes are too many to convert line ends`);
  }
  const data = filter(Buffer.concat([...content.chunks()]));
  return { size: data.length, chunks: () => [data] };
}

function builtIn(config: HgConfig, value: string, settings: EolSettings): Filter | undefined {
  const toLf = toLineEnd('\n', settings);
  const toCrlf = toLineEnd('\r\n', settings);
  const words: Readonly<Record<string, Readonly<Record<string, Filter>>>> = {
    win32text: WIN32TEXT,
    eol: {
      'to-lf': toLf,
      'to-crlf': toCrlf,
      'is-binary': unchanged,
      'cleverencode:': toLf,
      'cleverdecode:': toCrlf,
    },
  };
  // Both extensions have the clever ones. The extension that is loaded later counts.
  const known: Record<string, Filter> = {};
  for (const extension of config.enabledExtensions()) Object.assign(known, words[extension]);
  const name = Object.keys(known).find(word => value.startsWith(word));
  return name === undefined ? undefined : known[name];
}

function eolSettings(config: HgConfig, eol: EolRules | undefined): EolSettings {
  const setting = (name: string, otherwise: boolean): boolean => {
    const own = eol?.settings.get(name);
    if (own === undefined) return config.boolean('eol', name, otherwise);
    const value = parseBoolean(own);
    if (value === undefined) {
      throw new QuicksilverError('invalid-config', `eol.${name} is not a boolean ('${own}')`, { file: '.hgeol' });
    }
    return value;
  };
  return {
    onlyConsistent: setting('only-consistent', true),
    fixTrailingNewline: setting('fix-trailing-newline', false),
  };
}
