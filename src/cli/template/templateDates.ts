// Dates in templates: their parts, forms that a format describes, and ages.
import { QuicksilverError } from '../../base/errors.ts';
import { DAYS, MONTHS, localDate, shortDate, two, zoneText } from '../historyText.ts';

/** The parts of a date on the clock of its time zone, padded as in "2026-01-02". */
export function datePieces(
  time: number,
  timezone: number,
): Readonly<
  Record<'year' | 'month' | 'monthName' | 'weekday' | 'day' | 'hour' | 'minute' | 'second' | 'zone', string>
> {
  const date = localDate(time, timezone);
  return {
    year: String(date.getUTCFullYear()),
    month: two(date.getUTCMonth() + 1),
    monthName: MONTHS[date.getUTCMonth()]!,
    weekday: DAYS[date.getUTCDay()]!,
    day: two(date.getUTCDate()),
    hour: two(date.getUTCHours()),
    minute: two(date.getUTCMinutes()),
    second: two(date.getUTCSeconds()),
    zone: zoneText(timezone),
  };
}

/** Returns a date in the form of `strftime`. Throws 'unsupported' for directives that depend on a language. */
export function formattedDate(time: number, timezone: number, format: string): string {
  const pieces = datePieces(time, timezone);
  const hour = Number(pieces.hour);
  return format.replace(/%([^])/g, (all: string, directive: string) => {
    switch (directive) {
      case 'Y':
        return pieces.year;
      case 'y':
        return pieces.year.slice(-2);
      case 'm':
        return pieces.month;
      case 'd':
        return pieces.day;
      case 'e':
        return String(Number(pieces.day)).padStart(2);
      case 'H':
        return pieces.hour;
      case 'I':
        return two(hour % 12 === 0 ? 12 : hour % 12);
      case 'p':
        return hour < 12 ? 'AM' : 'PM';
      case 'M':
        return pieces.minute;
      case 'S':
        return pieces.second;
      case 'a':
        return pieces.weekday;
      case 'b':
      case 'h':
        return pieces.monthName;
      case 'F':
        return `${pieces.year}-${pieces.month}-${pieces.day}`;
      case 'T':
        return `${pieces.hour}:${pieces.minute}:${pieces.second}`;
      case 'R':
        return `${pieces.hour}:${pieces.minute}`;
      case 'D':
        return `${pieces.month}/${pieces.day}/${pieces.year.slice(-2)}`;
      case 'z':
        return pieces.zone;
      case '1':
        return pieces.zone.slice(0, 3);
      case '2':
        return pieces.zone.slice(3);
      case '%':
        return '%';
      default:
        throw new QuicksilverError('unsupported', `the date format ${all} is not supported in templates`);
    }
  });
}

const DAY = 86_400;
const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ['year', DAY * 365],
  ['month', DAY * 30],
  ['week', DAY * 7],
  ['day', DAY],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** Returns the time between a date and now in the largest unit of which it has two. Older than two years: the day. */
export function ageOf(time: number, timezone: number, now: number): string {
  const isFuture = time > now;
  const delta = Math.max(1, Math.trunc(Math.abs(now - time)));
  if (isFuture && delta > DAY * 365 * 30) return 'in the distant future';
  if (!isFuture && delta > DAY * 365 * 2) return shortDate(time, timezone);
  for (const [name, seconds] of UNITS) {
    const count = Math.floor(delta / seconds);
    if (count < 2 && seconds > 1) continue;
    return `${count} ${name}${count === 1 ? '' : 's'} ${isFuture ? 'from now' : 'ago'}`;
  }
  return '';
}
