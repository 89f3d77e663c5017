// Lets a person choose a changeset by what it is called: a list of branches, bookmarks and tags with what each of them is,
// and a place to type any other revision.
import { l10n } from 'vscode';
import { type PickItem, pick } from '../display.ts';
import type { ChangesetSummary } from '../../server/protocol.ts';
import { changesetDetails } from '../changesetLine.ts';
import { shortNode } from '../contentAddress.ts';
import type { OpenRepository } from '../openRepository.ts';
import { askForChangeset } from '../revisionCommands.ts';
import type { HgContext } from './table.ts';

export interface NamedChangeset extends ChangesetSummary {
  readonly bookmarks: readonly string[];
  readonly tags: readonly string[];
  readonly phase: string;
}

export interface ChosenRevision {
  /** As hg is to be told: a name where one was chosen, for hg treats bookmarks and branches as such. */
  readonly revision: string;
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

/** Undefined if the person turns away. */
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
  const changesets = named.filter(({ node }) => !without.includes(node));
  const tips: RevisionItem[] = [];
  const heads: RevisionItem[] = [];
  const bookmarks: RevisionItem[] = [];
  const tags: RevisionItem[] = [];
  const { firstParent } = repository.model.head ?? {};
  for (const changeset of changesets) {
    const isHere = changeset.node === firstParent;
    const item = (icon: string, label: string, revision: string): RevisionItem => ({
      icon,
      label,
      description: isHere ? `${shortNode(changeset.node)} · ${l10n.t('here')}` : shortNode(changeset.node),
      detail: lineOf(changeset),
      chosen: { revision, changeset },
    });
    const isTip = branches.get(changeset.branch) === changeset.node;
    if (isTip) tips.push(item('git-branch', changeset.branch, changeset.branch));
    for (const name of changeset.bookmarks) bookmarks.push(item('bookmark', name, name));
    for (const name of changeset.tags) if (name !== 'tip') tags.push(item('tag', name, name));
    const isNamed = isTip || changeset.bookmarks.length > 0 || changeset.tags.some(name => name !== 'tip');
    if (!isNamed && !changeset.closesBranch) heads.push(item('git-commit', changeset.summary, changeset.node));
  }
  const items = [
    ...section(l10n.t('branches'), tips),
    ...section(l10n.t('bookmarks'), bookmarks),
    ...section(l10n.t('other heads'), heads),
    ...(onlyHeads === true ? [] : section(l10n.t('tags'), tags)),
  ];
  items.push(...section(l10n.t('other'), [{ icon: 'edit', label: l10n.t('Another revision…'), types: true }]));
  return items;
}

const NAMED = 'sort(head() or bookmark() or tag() or ., -rev)';

/** The changesets of a revset, with their names. */
export async function logOf(
  { hg }: HgContext,
  repository: OpenRepository,
  revset: string,
): Promise<readonly NamedChangeset[]> {
  const output = await hg.read(repository, {
    verb: 'log',
    options: [['--rev', revset], `--limit=${MOST_CHANGESETS}`, ['--template', CHANGESET_TEMPLATE]],
  });
  return changesetsIn(output);
}

export const CHANGESET_TEMPLATE =
  '{dict(node, rev, branch, bookmarks, tags, phase, user=author, date=date|hgdate, summary=desc|firstline,' +
  ' closes=get(extras, "close"))|json}\\n';

interface LoggedChangeset {
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

/** What the template has made of changesets. Other lines are remarks of hg, and are passed over. */
export function changesetsIn(output: string): NamedChangeset[] {
  const found: NamedChangeset[] = [];
  for (const line of output.split('\n')) {
    if (!line.startsWith('{')) continue;
    const { rev, date, closes, ...rest } = JSON.parse(line) as LoggedChangeset;
    const [time = 0, timezone = 0] = date.split(' ').map(Number);
    found.push({ ...rest, revision: rev, time, timezone, closesBranch: closes !== null });
  }
  return found;
}

/** Who and when, for the second line of an item. */
export function lineOf(changeset: ChangesetSummary): string {
  return `${changeset.summary} · ${changesetDetails(changeset, undefined)}`;
}

async function openBranches({ hg }: HgContext, repository: OpenRepository): Promise<ReadonlyMap<string, string>> {
  const output = await hg.read(repository, { verb: 'branches', options: ['--template=json'] });
  const branches = JSON.parse(output) as readonly { readonly branch: string; readonly node: string }[];
  return new Map(branches.map(({ branch, node }) => [branch, node]));
}

function section(label: string, items: readonly RevisionItem[]): RevisionItem[] {
  return items.length === 0 ? [] : [{ label, isSeparator: true }, ...items];
}
