// Colors of `hg status`: when to use them, which ones, and how they are written.
// The rules follow `hg help color` and the answers of Mercurial 6.3. Differences: NO_COLOR is honored where color is
// automatic, and terminfo mode writes ANSI sequences.
import type { Status } from '../status/types.ts';
import type { Configuration } from './configuration.ts';
import type { CommandIo } from './io.ts';

/** Parts of a status line that have a style of their own. */
export type Label = Status | 'copied';

/** Writes a piece of text in the style of its label. */
export type Paint = (label: Label, text: string) => string;

export interface Colors {
  readonly paint: Paint;
  /** Problems of the configuration, one line each. */
  readonly warnings: readonly string[];
}

export const NO_COLORS: Colors = { paint: (_, text) => text, warnings: [] };

const DEFAULT_STYLES: Readonly<Record<Label, string>> = {
  modified: 'blue bold',
  added: 'green bold',
  removed: 'red bold',
  deleted: 'cyan bold underline',
  unknown: 'magenta bold underline',
  ignored: 'black bold',
  clean: 'none',
  copied: 'none',
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
  const sequences = new Map<string, string>();
  for (const [label, style] of Object.entries(DEFAULT_STYLES)) {
    sequences.set(label, sequenceOf(style.split(' ')));
  }
  for (const { name, value } of config.items('color')) {
    const isStyle = name.includes('.') && !name.startsWith('color.') && !name.startsWith('terminfo.');
    const words = value.split(/[\s,"]+/).filter(word => word !== '');
    if (!isStyle || words.length === 0) continue;
    for (const word of words) {
      if (!EFFECTS.has(word)) warnings.add(`ignoring unknown color/effect '${word}' (configured in color.${name})`);
    }
    if (name.startsWith('status.')) sequences.set(name.slice('status.'.length), sequenceOf(words));
  }
  return { paint: (label, text) => painted(text, sequences.get(label) ?? ''), warnings: [...warnings] };
}

/** True if HGPLAIN switches off the feature `name`, which HGPLAINEXCEPT may switch on again. */
export function isPlain({ environment }: CommandIo, name: string): boolean {
  const except = environment['HGPLAINEXCEPT'];
  if (environment['HGPLAIN'] === undefined && except === undefined) return false;
  return !(except ?? '').trim().split(',').includes(name);
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
    const isPlainAtAll = environment['HGPLAIN'] !== undefined || environment['HGPLAINEXCEPT'] !== undefined;
    const isFormatted = !isPlainAtAll && config.boolean('ui', 'formatted', io.stdout.isTerminal === true);
    if (!isFormatted || environment['TERM'] === 'dumb' || (environment['NO_COLOR'] ?? '') !== '') return 'never';
  }
  const mode = config.get('color', 'mode')?.value ?? 'auto';
  return ['auto', 'ansi', 'terminfo'].includes(mode) ? 'ansi' : 'never';
}

/** Returns the ANSI sequence of the known effects, '' if there is none. */
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

function debugText(label: Label, text: string): string {
  const line = text.endsWith('\n') ? text.slice(0, -1) : text;
  return `[status.${label}|${line}]${text.slice(line.length)}`;
}
