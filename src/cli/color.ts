// Colors of text with labels: when to use them, which ones, and how they are written.
// The rules follow `hg help color` and the answers of Mercurial 6.3. Differences: NO_COLOR is honored where color is
// automatic, and terminfo mode writes ANSI sequences.
import { toDisplay } from '../base/bytePath.ts';
import type { Configuration } from './configuration.ts';
import type { CommandIo } from './io.ts';
import { isPlain } from './plain.ts';

/**
 * Writes a piece of text in the style of its labels.
 *
 * @param labels names of `hg help color`, with spaces between them
 */
export type Paint = (labels: string, text: string) => string;

export interface Colors {
  readonly paint: Paint;
  /** Problems of the configuration, one line each. */
  readonly warnings: readonly string[];
}

export const NO_COLORS: Colors = { paint: (_, text) => text, warnings: [] };

/** Labels that have a style without configuration. */
const DEFAULT_STYLES: Readonly<Record<string, string>> = {
  'status.modified': 'blue bold',
  'status.added': 'green bold',
  'status.removed': 'red bold',
  'status.deleted': 'cyan bold underline',
  'status.unknown': 'magenta bold underline',
  'status.ignored': 'black bold',
  'status.clean': 'none',
  'status.copied': 'none',
  'log.changeset': 'yellow',
  'diff.diffline': 'bold',
  'diff.extended': 'cyan bold',
  'diff.file_a': 'red bold',
  'diff.file_b': 'green bold',
  'diff.hunk': 'magenta',
  'diff.deleted': 'red',
  'diff.inserted': 'green',
  'diff.changed': 'white',
  'diff.trailingwhitespace': 'bold red_background',
  'diffstat.deleted': 'red',
  'diffstat.inserted': 'green',
  'bookmarks.active': 'green',
  'branches.active': 'none',
  'branches.closed': 'black bold',
  'branches.current': 'green',
  'branches.inactive': 'none',
  'resolve.resolved': 'green bold',
  'resolve.unresolved': 'red bold',
  'tags.local': 'black bold',
  'tags.normal': 'green',
  'ui.error': 'red',
};

const COLOR_NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/** Number of each effect in an ANSI "select graphic rendition" sequence. */
const EFFECTS: ReadonlyMap<string, number> = new Map([
  ['none', 0],
  ['bold', 1],
  ['dim', 2],
  ['italic', 3],
  ['underline', 4],
  ['inverse', 7],
  ...COLOR_NAMES.map((name, index) => [name, 30 + index] as const),
  ...COLOR_NAMES.map((name, index) => [`${name}_background`, 40 + index] as const),
]);

const TRUE_WORDS = new Set(['1', 'yes', 'true', 'on', 'always']);

/**
 * Returns how to color the output of one command.
 * @param option value of --color, if given
 */
export function colorsFor(config: Configuration, io: CommandIo, option: string | undefined): Colors {
  const mode = colorMode(config, io, option);
  if (mode === 'never') return NO_COLORS;
  if (mode === 'debug') return { paint: debugText, warnings: [] };
  const warnings = new Set<string>();
  const styles = new Map(Object.entries(DEFAULT_STYLES).map(([label, style]) => [label, style.split(' ')]));
  for (const { name, value } of config.items('color')) {
    const isStyle = name.includes('.') && !name.startsWith('color.') && !name.startsWith('terminfo.');
    const words = value.split(/[\s,"]+/).filter(word => word !== '');
    if (!isStyle || words.length === 0) continue;
    for (const word of words) {
      if (!EFFECTS.has(word))
        warnings.add(`ignoring unknown color/effect '${toDisplay(word)}' (configured in color.${toDisplay(name)})`);
    }
    styles.set(
      name,
      words.filter(word => EFFECTS.has(word)),
    );
  }
  const sequences = new Map<string, string>();
  const paint: Paint = (labels, text) => {
    let sequence = sequences.get(labels);
    if (sequence === undefined) sequences.set(labels, (sequence = sequenceOf(effectsOf(labels, styles))));
    return painted(text, sequence);
  };
  return { paint, warnings: [...warnings] };
}

function colorMode(config: Configuration, io: CommandIo, option: string | undefined): 'never' | 'debug' | 'ansi' {
  if (isPlain(io, 'color')) return 'never';
  const value = option ?? config.get('ui', 'color')?.value ?? 'auto';
  if (value === 'debug') return 'debug';
  const isOn = TRUE_WORDS.has(value.toLowerCase());
  if (value !== 'auto' && !isOn) return 'never';
  // In the configuration any true word except "always" means "auto".
  const isForced = isOn && (option !== undefined || value === 'always');
  const { environment } = io;
  if (!isForced) {
    const isFormatted = !isPlain(io) && config.boolean('ui', 'formatted', io.stdout.isTerminal === true);
    if (!isFormatted || environment['TERM'] === 'dumb' || (environment['NO_COLOR'] ?? '') !== '') return 'never';
  }
  const mode = config.get('color', 'mode')?.value ?? 'auto';
  return ['auto', 'ansi', 'terminfo'].includes(mode) ? 'ansi' : 'never';
}

/** Returns the effects of all labels, in their order. A label without a style may itself be an effect. */
function effectsOf(labels: string, styles: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return labels.split(/\s+/).flatMap(label => {
    const style = styles.get(label) ?? [];
    return style.length === 0 && EFFECTS.has(label) ? [label] : style;
  });
}

/** Returns the ANSI sequence of the effects, '' if there is none. */
function sequenceOf(effects: readonly string[]): string {
  const codes = effects.flatMap(effect => EFFECTS.get(effect) ?? []);
  return codes.length === 0 ? '' : `\x1b[${[0, ...codes].join(';')}m`;
}

/** Colors each line by itself, so that a pager may cut between them. */
function painted(text: string, sequence: string): string {
  if (sequence === '') return text;
  const lines = text.split('\n').map(line => (line === '' ? '' : `${sequence}${line}\x1b[0m`));
  return lines.join('\n');
}

function debugText(labels: string, text: string): string {
  if (text === '' || labels === '') return text;
  const line = text.endsWith('\n') ? text.slice(0, -1) : text;
  return `[${labels}|${line}]${text.slice(line.length)}`;
}
