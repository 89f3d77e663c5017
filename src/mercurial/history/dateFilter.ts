// Dates on the command line, as `hg help dates` describes them. A date without a time stands for the whole day, a
// month for all of its days, and so on.
import { QuicksilverError } from '../../base/errors.ts';

/** A date as it was written: undefined for what is left out. Months count from 1. */
interface DateParts {
  year?: number | undefined;
  month?: number | undefined;
  day?: number | undefined;
  hour?: number | undefined;
  minute?: number | undefined;
  second?: number | undefined;
}

/** Seconds since 1970: the first and the last that a date stands for. */
interface Span {
  readonly first: number;
  readonly last: number;
}

const DAY = 86_400;
const MAX_TIME = 0x7fffffff;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * Returns a function that is true of the times (seconds since 1970) that a text selects.
 *
 * The text is a date, or a part of one. '<' or '>' may be before it, and 'to' between two of them. A '-' and a number
 * are the last days.
 *
 * @throws 'usage' for other texts
 */
export function dateFilter(text: string, now: Date): (time: number) => boolean {
  const date = text.trim();
  if (date === '') throw usage('dates cannot consist entirely of whitespace');
  const rest = date.slice(1);
  if (date.startsWith('<')) {
    const { last } = spanOf(named(rest, date), now);
    return time => time <= last;
  }
  if (date.startsWith('>')) {
    const { first } = spanOf(named(rest, date), now);
    return time => time >= first;
  }
  if (date.startsWith('-')) {
    const since = Math.floor(now.getTime() / 1000) - daysOf(rest) * DAY;
    return time => time >= since;
  }
  const [from, to, ...more] = date.split(' to ');
  if (more.length > 0) throw invalid(date);
  const { first } = spanOf(from!, now);
  const { last } = spanOf(to ?? from!, now);
  return time => time >= first && time <= last;
}

function daysOf(text: string): number {
  if (!/^\s*[+-]?\d{1,9}\s*$/.test(text)) throw usage(`invalid day spec: ${text}`);
  if (Number(text) < 0) throw usage(`${text} must be nonnegative (see 'hg help dates')`);
  return Number(text);
}

function named(rest: string, date: string): string {
  if (rest === '') throw usage(`invalid day spec, use '${date}DATE'`);
  return rest;
}

function spanOf(text: string, now: Date): Span {
  const date = text.trim();
  const seconds = Math.floor(now.getTime() / 1000);
  const internal = /^\s*([+-]?\d{1,12})\s([+-]?\d{1,9})\s*$/.exec(date);
  if (internal !== null) return exactly(checked(Number(internal[1]), Number(internal[2])));
  if (date === '' || date === 'now') return exactly(date === '' ? 0 : seconds);
  if (date === 'today') return partsSpan(dayOf(now), undefined, now, text);
  if (date === 'yesterday') {
    const before = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
    return partsSpan(dayOf(before), undefined, now, text);
  }
  const { body, offset } = splitZone(date);
  const parts = partsOf(body);
  if (parts === undefined) throw invalid(text);
  return partsSpan(parts, offset, now, text);
}

function exactly(time: number): Span {
  return { first: time, last: time };
}

/** A day without its year, which is that of the present day. */
function dayOf(date: Date): DateParts {
  return { month: date.getMonth() + 1, day: date.getDate() };
}

/** Splits the time zone off: seconds west of UTC; undefined if there is none. */
function splitZone(date: string): { readonly body: string; readonly offset: number | undefined } {
  const word = /^(.*)(?:GMT|UTC)$/s.exec(date);
  if (word !== null) return { body: word[1]!.trim(), offset: 0 };
  const number = /^(.*)\s([+-])(\d\d)(\d\d)$/s.exec(date) ?? /^(.*\d)([+-])(\d\d):(\d\d)$/s.exec(date);
  if (number !== null) {
    const seconds = (Number(number[3]) * 60 + Number(number[4])) * 60;
    return { body: number[1]!.trim(), offset: number[2] === '+' ? -seconds : seconds };
  }
  const zulu = /^(.*\d)Z$/s.exec(date);
  return zulu === null ? { body: date, offset: undefined } : { body: zulu[1]!, offset: 0 };
}

const YEAR = '(?<year>\\d{4})';
const MONTH = '(?<month>\\d{1,2})';
const NAMED_MONTH = `(?<name>${MONTHS.join('|')})`;
const DAY_OF_MONTH = '(?<day>\\d{1,2})';
const WEEKDAY = '(?:mon|tue|wed|thu|fri|sat|sun)';
const CLOCK = '(?<hour>\\d{1,2}):(?<minute>\\d{1,2})';
const SECOND = ':(?<second>\\d{1,2})';
const DIGITS = '(?<hour>2[0-3]|[01]\\d|\\d)(?<minute>[0-5]\\d|\\d)';
const HALF = '(?<half>am|pm)';

/** The forms of a date, most of them in two parts: a day and a clock. */
const FORMS: readonly RegExp[] = [
  `${YEAR}-${MONTH}-${DAY_OF_MONTH}(?:T${CLOCK}(?:${SECOND})?)?`,
  // Digits alone are read with seconds, if they can be.
  `${YEAR}-${MONTH}-${DAY_OF_MONTH}(?:T| +)${DIGITS}(?<second>6[01]|[0-5]\\d|\\d)`,
  `${YEAR}-${MONTH}-${DAY_OF_MONTH}(?:T| +)${DIGITS}`,
  `${YEAR}-${MONTH}-${DAY_OF_MONTH} +${CLOCK}(?:${SECOND})?${HALF}?`,
  `${MONTH}-${DAY_OF_MONTH}`,
  `${MONTH}/${DAY_OF_MONTH}`,
  `${MONTH}/${DAY_OF_MONTH}/(?<short>\\d{2})`,
  `${MONTH}/${DAY_OF_MONTH}/${YEAR}`,
  `(?:${WEEKDAY} +)?${NAMED_MONTH} +${DAY_OF_MONTH} +${CLOCK}${SECOND}${HALF}? +${YEAR}`,
  `${WEEKDAY}, +${DAY_OF_MONTH} +${NAMED_MONTH} +${YEAR} +${CLOCK}${SECOND}`,
  `${NAMED_MONTH} +${DAY_OF_MONTH}(?: +${CLOCK}(?:${SECOND})?${HALF}?)?`,
  `${NAMED_MONTH} +${DAY_OF_MONTH} +${YEAR}`,
  `${CLOCK}(?:${SECOND})?${HALF}?`,
  YEAR,
  `${YEAR}-${MONTH}`,
  NAMED_MONTH,
  `${NAMED_MONTH} +${YEAR}`,
].map(form => new RegExp(`^${form}$`, 'i'));

function partsOf(text: string): DateParts | undefined {
  for (const form of FORMS) {
    const groups = form.exec(text)?.groups;
    if (groups === undefined) continue;
    const number = (name: string): number | undefined => {
      const digits = groups[name];
      return digits === undefined ? undefined : Number(digits);
    };
    const hour = hourOf(number('hour'), groups['half']?.toLowerCase());
    const month = groups['name'] === undefined ? number('month') : MONTHS.indexOf(groups['name'].toLowerCase()) + 1;
    const short = number('short');
    const year = short === undefined ? number('year') : short + (short < 69 ? 2000 : 1900);
    if (hour !== 'invalid')
      return { year, month, day: number('day'), hour, minute: number('minute'), second: number('second') };
  }
  return undefined;
}

function hourOf(hour: number | undefined, half: string | undefined): number | undefined | 'invalid' {
  if (hour === undefined || half === undefined) return hour;
  if (hour < 1 || hour > 12) return 'invalid';
  return (hour % 12) + (half === 'pm' ? 12 : 0);
}

/** Larger parts that are left out are those of the present day, smaller ones the first and the last there are. */
function partsSpan(parts: DateParts, offset: number | undefined, now: Date, text: string): Span {
  const { year = now.getFullYear(), hour, minute, second } = parts;
  const hasClock = hour !== undefined;
  const month = parts.month ?? (hasClock ? now.getMonth() + 1 : undefined);
  const day = parts.day ?? (hasClock ? now.getDate() : undefined);
  const lastMonth = month ?? 12;
  const first = timeOf(year, month ?? 1, day ?? 1, [hour ?? 0, minute ?? 0, second ?? 0], offset, text);
  const lastDay = day ?? new Date(Date.UTC(year, lastMonth, 0)).getUTCDate();
  const last = timeOf(year, lastMonth, lastDay, [hour ?? 23, minute ?? 59, second ?? 59], offset, text);
  return { first, last };
}

function timeOf(
  year: number,
  month: number,
  day: number,
  [hour, minute, second]: readonly [number, number, number],
  offset: number | undefined,
  text: string,
): number {
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const isReal = month >= 1 && month <= 12 && day >= 1 && day <= days && hour <= 23 && minute <= 59 && second <= 61;
  if (!isReal || year < 1) throw invalid(text);
  const time =
    offset === undefined
      ? new Date(year, month - 1, day, hour, minute, second).getTime()
      : Date.UTC(year, month - 1, day, hour, minute, second) + offset * 1000;
  return checked(time / 1000, offset ?? 0);
}

function checked(time: number, offset: number): number {
  if (Math.abs(time) > MAX_TIME) throw usage(`date exceeds 32 bits: ${time}`);
  if (offset < -50_400 || offset > 43_200) throw usage(`impossible time zone offset: ${offset}`);
  return time;
}

function invalid(text: string): QuicksilverError {
  return usage(`invalid date: '${text}'`);
}

function usage(message: string): QuicksilverError {
  return new QuicksilverError('usage', message);
}
