// The functions of templates, except the filters.
import { eastAsianWidth } from 'get-east-asian-width';
import { toDisplay } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { formattedDate } from './templateDates.ts';
import { longForm } from './templateFilters.ts';
import { dateOf, isTrue, numberOf, textOf, type TemplateContext, type TemplateValue } from './templateValues.ts';

/** An argument, which is evaluated when it is needed. */
export type Argument = () => TemplateValue;

interface TemplateFunction {
  /** Number of arguments. */
  readonly least: number;
  readonly most: number;
  readonly run: (args: readonly Argument[], context: TemplateContext) => TemplateValue;
}

function text(args: readonly Argument[], index: number, fallback = ''): string {
  return index < args.length ? textOf(args[index]!()) : fallback;
}

/** Columns of a line that padding may ask for. */
const MAX_WIDTH = 100_000;

export const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  date: {
    least: 1,
    most: 2,
    run: args => {
      const value = args[0]!();
      if (args.length === 1) return longForm(value);
      const { time, timezone } = dateOf(value);
      return formattedDate(time, timezone, text(args, 1));
    },
  },
  get: {
    least: 2,
    most: 2,
    run: args => {
      const value = args[0]!();
      const name = text(args, 1);
      if (typeof value !== 'object' || value.kind !== 'list') throw usage("'get' expects a dictionary");
      return value.items.find(({ names }) => names('key') === name)?.names('value');
    },
  },
  if: {
    least: 2,
    most: 3,
    run: args => (isTrue(args[0]!()) ? args[1]!() : args[2]?.()),
  },
  ifcontains: {
    least: 3,
    most: 4,
    run: args => {
      const wanted = text(args, 0);
      const value = args[1]!();
      const isList = typeof value === 'object' && value.kind === 'list';
      const isIn = isList ? value.items.some(item => item.text === wanted) : textOf(value).includes(wanted);
      return isIn ? args[2]!() : args[3]?.();
    },
  },
  ifeq: {
    least: 3,
    most: 4,
    run: args => (text(args, 0) === text(args, 1) ? args[2]!() : args[3]?.()),
  },
  indent: {
    least: 2,
    most: 3,
    run: args => {
      const indent = text(args, 1);
      const first = text(args, 2, indent);
      // Lines keep their ends, and empty ones stay empty.
      return text(args, 0)
        .split(/(?<=\n)/)
        .map((line, index) => (line.trim() === '' && index > 0 ? line : (index === 0 ? first : indent) + line))
        .join('');
    },
  },
  join: {
    least: 1,
    most: 2,
    run: args => {
      const value = args[0]!();
      const separator = text(args, 1, ' ');
      if (typeof value === 'object' && value.kind === 'list') return value.items.map(item => item.text).join(separator);
      throw usage("'join' expects a list");
    },
  },
  label: {
    least: 2,
    most: 2,
    run: (args, { paint }) => paint(text(args, 0), text(args, 1)),
  },
  mod: {
    least: 2,
    most: 2,
    run: args => calculated('%', numberOf(args[0]!()), numberOf(args[1]!())),
  },
  pad: {
    least: 2,
    most: 5,
    run: args => {
      const width = numberOf(args[1]!());
      if (width > MAX_WIDTH) throw usage(`a width of ${width} columns is too large`);
      const padded = text(args, 0);
      const fill = text(args, 2, ' ');
      if (args.length > 4) throw unsupported("'pad' with truncation is not supported in templates");
      if (displayWidth(fill) !== 1) throw usage("'pad' expects one character to fill with");
      const isLeft = args[3] !== undefined && isTruthWord(textOf(args[3]()));
      const room = fill.repeat(Math.max(0, width - displayWidth(padded.replace(/\x1b\[[\d;]*m/g, ''))));
      return isLeft ? room + padded : padded + room;
    },
  },
  separate: {
    least: 1,
    most: 64,
    run: args =>
      args
        .slice(1)
        .map(argument => textOf(argument()))
        .filter(part => part !== '')
        .join(text(args, 0)),
  },
  shortest: {
    least: 1,
    most: 2,
    run: (args, { shortestId }) => {
      const node = text(args, 0);
      if (!/^[0-9a-f]{40}$/.test(node)) throw unsupported("'shortest' takes a whole node here");
      return shortestId(node, args.length > 1 ? Math.max(1, numberOf(args[1]!())) : 4);
    },
  },
  startswith: {
    least: 2,
    most: 2,
    run: args => (text(args, 1).startsWith(text(args, 0)) ? text(args, 1) : ''),
  },
  strip: {
    least: 1,
    most: 2,
    run: args => stripped(text(args, 0), text(args, 1, ' \t\n\r\v\f')),
  },
  word: {
    least: 2,
    most: 3,
    run: args => {
      const number = numberOf(args[0]!());
      const whole = text(args, 1);
      const separator = text(args, 2);
      const words =
        separator === '' ? whole.split(/[ \t\n\r\v\f]+/).filter(word => word !== '') : whole.split(separator);
      return number < -words.length || number >= words.length ? '' : words.at(number);
    },
  },
};

/** Calculates as Mercurial does: division rounds down. Throws a 'usage' error for a division by zero. */
export function calculated(operator: string, left: number, right: number): number {
  if ((operator === '/' || operator === '%') && right === 0) throw usage('division by zero is not defined');
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return Math.floor(left / right);
    default:
      return left - Math.floor(left / right) * right;
  }
}

function isTruthWord(word: string): boolean {
  return ['1', 'yes', 'true', 'on', 'always'].includes(word.toLowerCase());
}

function stripped(whole: string, characters: string): string {
  let [start, end] = [0, whole.length];
  while (start < end && characters.includes(whole[start]!)) start++;
  while (end > start && characters.includes(whole[end - 1]!)) end--;
  return whole.slice(start, end);
}

function displayWidth(bytes: string): number {
  let width = 0;
  for (const character of toDisplay(bytes)) width += eastAsianWidth(character.codePointAt(0)!);
  return width;
}

function usage(message: string): QuicksilverError {
  return new QuicksilverError('usage', `template: ${message}`);
}

function unsupported(message: string): QuicksilverError {
  return new QuicksilverError('unsupported', message);
}
