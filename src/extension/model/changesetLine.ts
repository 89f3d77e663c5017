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
