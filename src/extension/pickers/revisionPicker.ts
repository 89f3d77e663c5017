// Lets the user choose a changeset: a list of branches, bookmarks and tags in which typing searches. A number, a hash
// or another name of a changeset leads to it at once.
import { l10n, type CancellationToken } from 'vscode';
import { pickFound, type Found, type PickItem } from '../common/display.ts';
import type { ChangesetSummary } from '../../server/protocol.ts';
import { isNullNode, shortNode } from '../common/changesetIds.ts';
import { scheduleAfter } from '../common/slicedQueue.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';
import {
  changesetSource,
  lineOf,
  withoutNames,
  type ChangesetSource,
  type NamedChangeset,
  type NamedChangesets,
  type Scope,
  type SourceContext,
} from './changesetSource.ts';
import type { RevisionName } from './namedRevisions.ts';
import { isExact, matches, wordsOf } from './searchText.ts';

export interface ChosenRevision {
  /** The identifier of the changeset. */
  readonly revision: string;
  /** Set if the row of a bookmark was chosen: an update to it makes it active. */
  readonly bookmark?: string;
  /** Set if the row of a name was chosen, which may move meanwhile. */
  readonly name?: RevisionName;
  readonly changeset: ChangesetSummary;
}

export interface RevisionQuestion {
  readonly placeHolder: string;
  readonly scope?: Scope;
  /** Another way out, above all changesets. */
  readonly action?: PickItem;
}

interface RevisionItem extends PickItem {
  readonly chosen?: ChosenRevision;
  readonly isAction?: true;
  /** The texts of it that are searched. */
  readonly texts?: string;
}

/** Milliseconds without a key before hg is asked. */
const TYPING_PAUSE = 250;

/** Resolves with undefined if the user cancels, with 'action' if the user chooses the action of the question. */
export async function pickRevision(
  context: SourceContext,
  repository: OpenRepository,
  question: RevisionQuestion,
): Promise<ChosenRevision | 'action' | undefined> {
  const { scope = 'all', action } = question;
  const source = await changesetSource(context, repository, scope);
  const first: readonly RevisionItem[] = action === undefined ? [] : [{ ...action, isAction: true }];
  const named = source.named().then(all => sectionsOf(repository, all, scope));
  // It is awaited with the first search, which may come later.
  named.catch(() => undefined);
  const search = async (
    text: string,
    show: (found: Found<RevisionItem>) => void,
    token: CancellationToken,
  ): Promise<void> => {
    const words = wordsOf(text);
    const sections = await named;
    if (words.length === 0) {
      show({ items: [...first, ...withHeadings(sections)] });
      return;
    }
    const listed = withHeadings(sections.map(({ label, items }) => ({ label, items: items.filter(matching(words)) })));
    const meant = await itemNamed(context, repository, source, text.trim(), listed);
    const above = meant === undefined || listed.includes(meant) ? listed : [meant, ...listed];
    const exact = isExact(text.trim()) || meant?.label === text.trim() ? meant : undefined;
    show({ items: above, exact });
    if (!(await pauses(token))) return;
    const shown = new Set(above.flatMap(({ chosen }) => chosen?.revision ?? []));
    const found = (await source.search(words, token)).filter(({ node }) => !shown.has(node) && !isNullNode(node));
    const label = l10n.t('changesets');
    const items = [...above, ...withHeadings([{ label, items: found.map(each => itemOf(repository, each)) }])];
    const hint: RevisionItem = { label: l10n.t('No matching changesets'), isHint: true };
    show({ items: items.length === 0 ? [hint] : items, exact });
  };
  const item = await pickFound<RevisionItem>({ placeHolder: question.placeHolder }, search);
  return item?.isAction === true ? 'action' : item?.chosen;
}

/** Resolves like {@link pickRevision}, for questions without an action. */
export async function pickChangeset(
  context: SourceContext,
  repository: OpenRepository,
  question: Omit<RevisionQuestion, 'action'>,
): Promise<ChosenRevision | undefined> {
  const chosen = await pickRevision(context, repository, question);
  return chosen === 'action' ? undefined : chosen;
}

interface Section {
  readonly label: string;
  readonly items: readonly RevisionItem[];
}

function sectionsOf(repository: OpenRepository, { changesets, tips }: NamedChangesets, scope: Scope): Section[] {
  const branches: RevisionItem[] = [];
  const heads: RevisionItem[] = [];
  const bookmarks: RevisionItem[] = [];
  const tags: RevisionItem[] = [];
  for (const changeset of changesets) {
    if (isNullNode(changeset.node)) continue;
    const item = (icon: string, label: string, kind?: RevisionName['kind']): RevisionItem =>
      itemOf(repository, changeset, { icon, label, kind });
    const names = changeset.tags.filter(name => name !== 'tip');
    const isTip = tips.get(changeset.branch) === changeset.node;
    if (isTip) branches.push(item('git-branch', changeset.branch, 'branch'));
    for (const name of changeset.bookmarks) bookmarks.push(item('bookmark', name, 'bookmark'));
    for (const name of names) tags.push(item('tag', name, 'tag'));
    const isNamed = isTip || changeset.bookmarks.length > 0 || names.length > 0;
    if (!isNamed && !changeset.closesBranch) heads.push(item('git-commit', changeset.summary));
  }
  const sections = [
    { label: l10n.t('branches'), items: branches },
    { label: l10n.t('bookmarks'), items: bookmarks },
    { label: l10n.t('other heads'), items: heads },
  ];
  return scope === 'mergeable' ? sections : [...sections, { label: l10n.t('tags'), items: tags }];
}

interface ItemLooks {
  readonly icon: string;
  readonly label: string;
  readonly kind: RevisionName['kind'] | undefined;
}

function itemOf(
  { model }: OpenRepository,
  changeset: NamedChangeset,
  { icon, label, kind }: ItemLooks = { icon: 'git-commit', label: changeset.summary, kind: undefined },
): RevisionItem {
  const { node, revision, user, summary, branch, bookmarks, tags } = changeset;
  const id = `${revision}:${shortNode(node)}`;
  return {
    icon,
    label: label === '' ? shortNode(node) : label,
    description: node === model.head?.firstParent ? `${id} · ${l10n.t('current')}` : id,
    detail: lineOf(changeset, label),
    chosen: {
      revision: node,
      changeset,
      ...(kind === 'bookmark' && { bookmark: label }),
      ...(kind !== undefined && { name: { kind, name: label } }),
    },
    texts: [label, summary, user, branch, ...bookmarks, ...tags].join('\n'),
  };
}

function matching(words: readonly string[]): (item: RevisionItem) => boolean {
  return ({ texts = '', chosen }) => chosen !== undefined && matches(words, texts, chosen.changeset);
}

/** The changeset that the text names, if that is not the name of more than one row. */
async function itemNamed(
  { client }: SourceContext,
  repository: OpenRepository,
  source: ChangesetSource,
  text: string,
  listed: readonly RevisionItem[],
): Promise<RevisionItem | undefined> {
  const rows = listed.filter(({ label, chosen }) => chosen !== undefined && label === text);
  if (rows.length > 0) return rows.length === 1 ? rows[0] : undefined;
  const answer = await client.resolveRevision(repository.root, text);
  if (answer.kind === 'none') return undefined;
  const { changeset } = answer;
  const known = listed.find(({ chosen }) => chosen?.revision === changeset.node);
  if (known !== undefined) return known;
  return (await source.includes(changeset.node)) ? itemOf(repository, withoutNames(changeset)) : undefined;
}

/** Resolves with false if the user typed something else meanwhile. */
async function pauses(token: CancellationToken): Promise<boolean> {
  return new Promise(resolve => {
    const pause = scheduleAfter(TYPING_PAUSE, () => resolve(true));
    token.onCancellationRequested(() => {
      pause.dispose();
      resolve(false);
    });
  });
}

function withHeadings(sections: readonly Section[]): RevisionItem[] {
  return sections.flatMap(({ label, items }) => (items.length === 0 ? [] : [{ label, isSeparator: true }, ...items]));
}
