// One changeset in a line. Plain data, no `vscode`.
import type { ChangesetSummary } from '../../server/protocol.ts';

/** The name without the address: 'Ada' of 'Ada <ada@example.org>', 'ada' of 'ada@example.org'. */
export function authorName(user: string): string {
  const name = user.replace(/<[^>]*>?/, '').trim();
  if (name !== '') return name.replace(/@.*$/, '');
  return user.replace(/^.*<|@.*$|>/g, '').trim() || user;
}

/** As the author's clock showed it: '2026-03-01 14:05'. */
export function authorTime({ time, timezone }: Pick<ChangesetSummary, 'time' | 'timezone'>): string {
  const shifted = new Date((time - timezone) * 1000);
  // Beyond what a Date can be: a changeset may claim any time.
  if (Number.isNaN(shifted.getTime())) return '';
  return shifted.toISOString().replace(/T(\d\d:\d\d).*$/, ' $1');
}

/** Returns the text after the description: who, when, and the branch if it is not `branch`. */
export function changesetDetails(changeset: ChangesetSummary, branch: string | undefined): string {
  const parts = [authorName(changeset.user), authorTime(changeset)];
  if (changeset.branch !== branch) parts.push(changeset.branch);
  return parts.filter(part => part !== '').join(', ');
}

/** The present time, and the language of the user. */
export interface Clock {
  /** Seconds since 1970. */
  readonly now: number;
  /** As in BCP 47: 'en', 'pt-br'. */
  readonly language: string;
}

const UNITS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['year', 31_556_952],
  ['month', 2_629_746],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** 'now', '5 minutes ago', 'yesterday'; in the future for a clock that was ahead. '' for a time beyond all dates. */
export function relativeTime(time: number, { now, language }: Clock): string {
  if (Math.abs(time) > LAST_DATE) return '';
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const difference = time - now;
  const [unit, seconds] = UNITS.find(([, length]) => Math.abs(difference) >= length) ?? ['second', Infinity];
  return format.format(Math.trunc(difference / seconds), unit);
}

/** Seconds: what a JavaScript date can be. */
const LAST_DATE = 8.64e12;

/** Returns summary (unless it is the label), author, age and branch, for lists. */
export function changesetLine(changeset: ChangesetSummary, clock: Clock, label: string): string {
  const { summary, user, time, branch } = changeset;
  const parts = [summary === label ? '' : summary, authorName(user), relativeTime(time, clock), branch];
  return parts.filter(part => part !== '').join(' · ');
}
