// How changesets are shown in text: users, dates and numbers in the forms that Mercurial gives them.

/**
 * Returns the short form of a user: what is before '@', after '<', and up to the first space and the first dot.
 * @param user a byte string
 */
export function shortUser(user: string): string {
  const at = user.indexOf('@');
  let name = at < 0 ? user : user.slice(0, at);
  name = name.slice(name.indexOf('<') + 1);
  const space = name.indexOf(' ');
  if (space >= 0) name = name.slice(0, space);
  const dot = name.indexOf('.');
  return dot < 0 ? name : name.slice(0, dot);
}

export const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
export const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Returns a date as in "Thu Jan 01 00:00:00 1970 +0000". Takes seconds since 1970 and seconds west of UTC. */
export function longDate(time: number, timezone: number): string {
  const date = localDate(time, timezone);
  const day = `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())}`;
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${day} ${clock} ${date.getUTCFullYear()} ${zoneText(timezone)}`;
}

/** Returns a time zone as in "+0130". Takes seconds west of UTC. */
export function zoneText(timezone: number): string {
  const minutes = Math.floor(Math.abs(timezone) / 60);
  return `${timezone > 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
}

/** Returns a date as in "1970-01-01". */
export function shortDate(time: number, timezone: number): string {
  const date = localDate(time, timezone);
  return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

/** The clock of that time zone, in the UTC fields of a date. */
export function localDate(time: number, timezone: number): Date {
  return new Date((Math.floor(time) - timezone) * 1000);
}

export function two(number: number): string {
  return String(number).padStart(2, '0');
}
