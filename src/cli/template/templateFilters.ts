// The filters of templates: functions of one value. They can also be called like functions.
import { fromDisplay, toDisplay } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { longDate, shortDate, shortUser } from '../historyText.ts';
import { ageOf, datePieces } from './templateDates.ts';
import { dateOf, listOf, textOf, type TemplateContext, type TemplateValue } from './templateValues.ts';

type Filter = (value: TemplateValue, context: TemplateContext) => TemplateValue;

function ofText(convert: (text: string) => TemplateValue): Filter {
  return value => convert(textOf(value));
}

function ofDate(convert: (pieces: ReturnType<typeof datePieces>) => string): Filter {
  return value => {
    const { time, timezone } = dateOf(value);
    return convert(datePieces(time, timezone));
  };
}

function ofDisplay(convert: (text: string) => string): Filter {
  return ofText(text => fromDisplay(convert(toDisplay(text))));
}

export const FILTERS: Readonly<Record<string, Filter>> = {
  addbreaks: ofText(text => text.replaceAll('\n', '<br/>\n')),
  age: (value, { now }) => {
    const { time, timezone } = dateOf(value);
    return ageOf(time, timezone, now);
  },
  basename: ofText(text => text.slice(text.lastIndexOf('/') + 1)),
  count: value => (typeof value === 'object' && value.kind === 'list' ? value.items.length : textOf(value).length),
  domain: ofText(text => {
    const at = text.indexOf('@');
    if (at < 0) return '';
    const domain = text.slice(at + 1);
    const end = domain.indexOf('>');
    return end < 0 ? domain : domain.slice(0, end);
  }),
  email: ofText(emailOf),
  emailuser: ofText(text => {
    const at = text.indexOf('@');
    const user = at < 0 ? text : text.slice(0, at);
    return user.slice(user.indexOf('<') + 1);
  }),
  escape: ofText(text =>
    text
      .replaceAll('\0', '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;'),
  ),
  firstline: ofText(text => /^[^\r\n]*/.exec(text)![0]),
  hgdate: value => {
    const { time, timezone } = dateOf(value);
    return `${Math.floor(time)} ${timezone}`;
  },
  isodate: ofDate(({ year, month, day, hour, minute, zone }) => `${year}-${month}-${day} ${hour}:${minute} ${zone}`),
  isodatesec: ofDate(
    ({ year, month, day, hour, minute, second, zone }) => `${year}-${month}-${day} ${hour}:${minute}:${second} ${zone}`,
  ),
  json: jsonOf,
  lower: ofDisplay(text => text.toLowerCase()),
  nonempty: ofText(text => (text === '' ? '(none)' : text)),
  person: ofText(personOf),
  rfc3339date: ofDate(
    ({ year, month, day, hour, minute, second, zone }) =>
      `${year}-${month}-${day}T${hour}:${minute}:${second}${zone.slice(0, 3)}:${zone.slice(3)}`,
  ),
  rfc822date: ofDate(
    ({ weekday, day, monthName, year, hour, minute, second, zone }) =>
      `${weekday}, ${day} ${monthName} ${year} ${hour}:${minute}:${second} ${zone}`,
  ),
  short: ofText(text => text.slice(0, 12)),
  shortdate: value => {
    const { time, timezone } = dateOf(value);
    return shortDate(time, timezone);
  },
  splitlines: ofText(text => listOf(linesOf(text), 'line')),
  stringify: textOf,
  stripdir: ofText(text => {
    const slash = text.lastIndexOf('/');
    return slash <= 0 ? text : text.slice(0, slash);
  }),
  tabindent: ofText(text =>
    linesOf(text)
      .map((line, index) => (index > 0 && line.trim() !== '' ? `\t${line}` : line))
      .join('\n'),
  ),
  upper: ofDisplay(text => text.toUpperCase()),
  user: ofText(shortUser),
  xmlescape: ofText(text =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
      .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, ' '),
  ),
};

/** Returns the date in the long form, which is also that of the function `date`. */
export function longForm(value: TemplateValue): string {
  const { time, timezone } = dateOf(value);
  return longDate(time, timezone);
}

export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function emailOf(text: string): string {
  const end = text.indexOf('>');
  return text.slice(text.indexOf('<') + 1, end < 0 ? undefined : end);
}

function personOf(text: string): string {
  if (!text.includes('@')) return text;
  const bracket = text.indexOf('<');
  if (bracket >= 0)
    return text
      .slice(0, bracket)
      .replace(/^[ "]+|[ "]+$/g, '')
      .replaceAll('\\"', '"');
  return text.slice(0, text.indexOf('@')).replaceAll('.', ' ');
}

/** @throws 'unsupported' for values with names */
function jsonOf(value: TemplateValue): string {
  if (value === undefined) return 'null';
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string') return asciiJson(value);
  if (value.kind === 'date') return `[${value.time}, ${value.timezone}]`;
  if (value.kind === 'list' && value.isPlain === true) {
    return `[${value.items.map(({ text }) => asciiJson(text)).join(', ')}]`;
  }
  throw new QuicksilverError('unsupported', 'the JSON of values with names is not supported in templates');
}

/** Returns a text as JSON that is ASCII, and harmless within HTML. */
function asciiJson(bytes: string): string {
  return JSON.stringify(toDisplay(bytes)).replace(
    /[<>\x7f-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
