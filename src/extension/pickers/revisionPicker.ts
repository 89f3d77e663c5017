// Lets the user choose a changeset from a list of branches, bookmarks and tags with a description of each. Any other
// revision can be typed.
import { l10n } from 'vscode';
import { type PickItem, pick } from '../common/display.ts';
import type { HgCall } from '../../hgCommand/hgCall.ts';
import type { ChangesetSummary } from '../../server/protocol.ts';
import { changesetDetails } from '../model/changesetLine.ts';
import { isNullNode, shortNode } from '../common/changesetIds.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';
import { askForChangeset } from './changesetInput.ts';
import type { HgContext } from '../hg/commandContext.ts';

export interface NamedChangeset extends ChangesetSummary {
  readonly bookmarks: readonly string[];
  readonly tags: readonly string[];
  readonly phase: string;
}

export interface ChosenRevision {
  /** The identifier of the changeset. */
  readonly revision: string;
  /** Set if the row of a bookmark was chosen: an update to it makes it active. */
  readonly bookmark?: string;
  readonly changeset: ChangesetSummary;
}

export interface RevisionQuestion {
  readonly placeHolder: string;
  /** Changesets that are no choice. */
  readonly without?: readonly string[];
  /** Tags and what can be typed are left out: only where a line of work ends. */
  readonly onlyHeads?: boolean;
}

interface RevisionItem extends PickItem {
  readonly chosen?: ChosenRevision;
  readonly types?: true;
}

/** More names than that are for typing. */
const MOST_CHANGESETS = 500;

/** Returns the chosen revision; undefined if the user cancels. */
export async function pickRevision(
  context: HgContext,
  repository: OpenRepository,
  question: RevisionQuestion,
): Promise<ChosenRevision | undefined> {
  const items = itemsFor(context, repository, question);
  const options = { placeHolder: question.placeHolder, matchOnDescription: true, matchOnDetail: true };
  const item = await pick(items, options);
  if (item?.types !== true) return item?.chosen;
  const changeset = await askForChangeset(context, repository, question.placeHolder);
  return changeset && { revision: changeset.node, changeset };
}

async function itemsFor(
  context: HgContext,
  repository: OpenRepository,
  { without = [], onlyHeads }: RevisionQuestion,
): Promise<RevisionItem[]> {
  const [named, branches] = await Promise.all([
    logOf(context, repository, onlyHeads === true ? 'sort(head() or bookmark(), -rev)' : NAMED),
    openBranches(context, repository),
  ]);
  const changesets = named.filter(({ node }) => !isNullNode(node) && !without.includes(node));
  const tips: RevisionItem[] = [];
  const heads: RevisionItem[] = [];
  const bookmarks: RevisionItem[] = [];
  const tags: RevisionItem[] = [];
  const { firstParent } = repository.model.head ?? {};
  for (const changeset of changesets) {
    const isHere = changeset.node === firstParent;
    const item = (icon: string, label: string, bookmark?: string): RevisionItem => ({
      icon,
      label,
      description: isHere ? `${shortNode(changeset.node)} · ${l10n.t('current')}` : shortNode(changeset.node),
      detail: lineOf(changeset),
      chosen: { revision: changeset.node, changeset, ...(bookmark !== undefined && { bookmark }) },
    });
    const isTip = branches.get(changeset.branch) === changeset.node;
    if (isTip) tips.push(item('git-branch', changeset.branch));
    for (const name of changeset.bookmarks) bookmarks.push(item('bookmark', name, name));
    for (const name of changeset.tags) if (name !== 'tip') tags.push(item('tag', name));
    const isNamed = isTip || changeset.bookmarks.length > 0 || changeset.tags.some(name => name !== 'tip');
    if (!isNamed && !changeset.closesBranch) heads.push(item('git-commit', changeset.summary));
  }
  const items = [
    ...section(l10n.t('branches'), tips),
    ...section(l10n.t('bookmarks'), bookmarks),
    ...section(l10n.t('other heads'), heads),
    ...(onlyHeads === true ? [] : section(l10n.t('tags'), tags)),
  ];
  items.push(...section(l10n.t('other'), [{ icon: 'edit', label: l10n.t('Enter a revision…'), types: true }]));
  return items;
}

const NAMED = 'sort(head() or bookmark() or tag() or ., -rev)';

/** The changesets of a revset, with their names. */
export async function logOf(
  { hg }: HgContext,
  repository: OpenRepository,
  revset: string,
): Promise<readonly NamedChangeset[]> {
  const call: HgCall = { verb: 'log', options: [['--rev', revset], `--limit=${MOST_CHANGESETS}`] };
  return (await hg.rows<LoggedChangeset>(repository, call, CHANGESET_FIELDS)).map(toChangeset);
}

export const CHANGESET_FIELDS =
  'node, rev, branch, bookmarks, tags, phase, user=author, date=date|hgdate, summary=desc|firstline,' +
  ' closes=get(extras, "close")';

export interface LoggedChangeset {
  readonly node: string;
  readonly rev: number;
  readonly branch: string;
  readonly bookmarks: readonly string[];
  readonly tags: readonly string[];
  readonly phase: string;
  readonly user: string;
  readonly date: string;
  readonly summary: string;
  readonly closes: string | null;
}

export function toChangeset({ rev, date, closes, ...rest }: LoggedChangeset): NamedChangeset {
  const [time = 0, timezone = 0] = date.split(' ').map(Number);
  return { ...rest, revision: rev, time, timezone, closesBranch: closes !== null };
}

/** Who and when, for the second line of an item. */
export function lineOf(changeset: ChangesetSummary): string {
  return `${changeset.summary} · ${changesetDetails(changeset, undefined)}`;
}

async function openBranches({ hg }: HgContext, repository: OpenRepository): Promise<ReadonlyMap<string, string>> {
  interface Branch {
    readonly branch: string;
    readonly node: string;
  }
  const branches = await hg.rows<Branch>(repository, { verb: 'branches' }, 'branch, node');
  return new Map(branches.map(({ branch, node }) => [branch, node]));
}

function section(label: string, items: readonly RevisionItem[]): RevisionItem[] {
  return items.length === 0 ? [] : [{ label, isSeparator: true }, ...items];
}
