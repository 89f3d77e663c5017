// The short texts about a repository: badge, status bar, log. Plain functions of plain data.
import type { Counts, RepositoryHead, RepositoryUpdate } from '../../server/protocol.ts';
import type { SettingValue } from '../contributions/settings.ts';
import { STATUS_LETTERS } from '../../server/statusLetters.ts';

/** Files that differ from the parent revision: modified, added, removed and missing. */
export function changeCount(counts: Counts): number {
  return counts.modified + counts.added + counts.removed + counts.deleted;
}

/**
 * The number on the Source Control icon. Untracked files that are hidden are not counted.
 * @param counts with the numbers of changed subrepositories and of renames, each of which is one change
 */
export function badgeCount(
  counts: Counts & { readonly subrepositories?: number; readonly renames?: number },
  badge: SettingValue<'countBadge'>,
  untracked: SettingValue<'untrackedChanges'>,
): number {
  if (badge === 'off') return 0;
  const tracked = changeCount(counts) + (counts.subrepositories ?? 0) - (counts.renames ?? 0);
  return tracked + (badge === 'all' && untracked !== 'hidden' ? counts.unknown : 0);
}

/** 'default', 'default (bookmark)', 'default//topic', each as Mercurial's users write it; '' if it is not known. */
export function headText(head: RepositoryHead | undefined): string {
  if (head === undefined) return '';
  const branch = head.topic === undefined ? head.branch : `${head.branch}//${head.topic}`;
  return head.bookmark === undefined ? branch : `${branch} (${head.bookmark})`;
}

export type Activity = 'idle' | 'busy' | 'problem';

/** How many changesets only the branch and only its upstream have: '2↓ 1↑', as VS Code writes it. */
function upstreamParts(head: RepositoryHead | undefined): string[] {
  const { ahead = 0, behind = 0 } = head?.upstream ?? {};
  return ahead + behind === 0 ? [] : [`${behind}↓ ${ahead}↑`];
}

/**
 * The parts of the status bar's item for the branch. The arrow means that the branch has a newer head, the warning that
 * the parent is obsolete.
 * @param system the name of the system, shown while the branch is unknown
 */
export function statusBarParts(
  head: RepositoryHead | undefined,
  activity: Activity,
  system: string,
): (string | { readonly icon: string })[] {
  const icon = activity === 'busy' ? 'sync~spin' : activity === 'problem' ? 'warning' : 'git-branch';
  const name = headText(head);
  const mark = head?.isObsolete ? 'warning' : head?.isBranchTip === false ? 'arrow-down' : undefined;
  const icons = mark === undefined ? [] : [{ icon: mark }];
  return [{ icon }, name === '' ? system : name, ...upstreamParts(head), ...icons];
}

/** One line of the log: why an update came, what changed, what it cost, and what is known now. */
export function describeUpdate(update: RepositoryUpdate): string {
  const { cost, counts } = update;
  const changes = [
    update.reset ? 'all anew' : undefined,
    `${update.changed.length} changed`,
    `${update.cleared.length} cleared`,
  ].filter(part => part !== undefined);
  const costs = [
    `${cost.milliseconds.toFixed(1)} ms`,
    plural(cost.stats, 'stat', 'stats'),
    plural(cost.directoriesRead, 'directory', 'directories'),
    `${plural(cost.filesRead, 'file', 'files')} read (${cost.bytesRead} bytes)`,
    `${cost.unsure} unsure`,
  ];
  const now = `M ${counts.modified}, A ${counts.added}, R ${counts.removed}, ! ${counts.deleted}, ? ${counts.unknown}, I ${counts.ignored}, ${counts.tracked} tracked`;
  const state =
    'problem' in update.state
      ? ` [${update.state.kind}: ${update.state.problem.message}]`
      : update.state.kind === 'ready'
        ? ''
        : ` [${update.state.kind}]`;
  return `${update.cause}: ${changes.join(', ')}; ${costs.join(', ')}; now ${now}${state}${update.settled ? '' : ' (more to come)'}`;
}

/** Up to `limit` of the files an update is about, as `hg status` would name them. */
export function describeFiles(update: RepositoryUpdate, limit: number): string[] {
  const lines: string[] = [];
  for (const entry of update.changed) {
    if (lines.length >= limit) break;
    lines.push(`${STATUS_LETTERS[entry.status]} ${entry.path}${entry.directory === true ? '/' : ''}`);
  }
  for (const path of update.cleared) {
    if (lines.length >= limit) break;
    lines.push(`- ${path}`);
  }
  const rest = update.changed.length + update.cleared.length - lines.length;
  if (rest > 0) lines.push(`... and ${rest} more`);
  return lines;
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
