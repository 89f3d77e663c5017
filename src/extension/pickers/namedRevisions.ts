// Changesets by name: the ones that a key binding or another extension names, and names that move while a list is open.
import { l10n } from 'vscode';
import type { HgCall } from '../../hgCommand/hgCall.ts';
import { shortNode } from '../common/changesetIds.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';
import type { HgClient } from '../hg/hgClient.ts';
import { showInfo } from '../hg/notifications.ts';

interface HgUser {
  readonly hg: HgClient;
}

/** A name of a changeset. A branch, a tag and a bookmark may have the same one. */
export interface RevisionName {
  readonly kind: 'branch' | 'bookmark' | 'tag';
  readonly name: string;
}

/** Returns the changeset that has the name now: of a branch, its newest open head. */
export async function nodeOf(
  { hg }: HgUser,
  repository: OpenRepository,
  name: RevisionName,
): Promise<string | undefined> {
  const verbs = { branch: 'branches', bookmark: 'bookmarks', tag: 'tags' } as const;
  const { kind } = name;
  const call: HgCall = { verb: verbs[kind], options: kind === 'branch' ? ['--closed'] : [] };
  const rows = await hg.rows<Readonly<Record<string, string>>>(repository, call, `${kind}, node`);
  return rows.find(row => row[kind] === name.name)?.['node'];
}

/**
 * Returns true, and informs the user, if a list showed the name at another changeset than it is at now.
 * @param shownAt undefined if the name does not come from a list
 */
export async function hasMoved(
  context: HgUser,
  repository: OpenRepository,
  name: RevisionName,
  shownAt: string | undefined,
): Promise<boolean> {
  if (shownAt === undefined) return false;
  const now = await nodeOf(context, repository, name);
  if (now === shownAt) return false;
  showInfo(
    now === undefined
      ? l10n.t("'{0}' was deleted after the list was shown.", name.name)
      : l10n.t("'{0}' has moved to {1} since the list was shown.", name.name, shortNode(now)),
  );
  return true;
}

export interface GivenRevision {
  /** The identifier of the changeset. */
  readonly revision: string;
  /** Set if the text is the name of a bookmark, which an update makes active. */
  readonly bookmark?: string;
}

/**
 * Finds the changeset that a text names, as hg understands it: the last one of several. Undefined, and the user knows
 * it, if there is none. Throws a HgFailure for an unknown name.
 */
export async function findGiven(
  { hg }: HgUser,
  repository: OpenRepository,
  text: string,
): Promise<GivenRevision | undefined> {
  const call: HgCall = { verb: 'log', options: [['--rev', text]] };
  interface Row {
    readonly node: string;
    readonly bookmarks: readonly string[];
  }
  const row = (await hg.rows<Row>(repository, call, 'node, bookmarks')).at(-1);
  if (row === undefined) showInfo(l10n.t("No changeset matches '{0}'.", text));
  return row && { revision: row.node, ...(row.bookmarks.includes(text) && { bookmark: text }) };
}
