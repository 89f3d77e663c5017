// The words of the graph's page, and its place in a webview.
import { randomBytes } from 'node:crypto';
import { env, l10n, Uri, type Webview } from 'vscode';
import type { GraphFilter, OpenedGraph } from '../../../server/historyProtocol.ts';
import { graphPage } from './graphPage.ts';

export function graphTexts(language: string, opensOnClick: string): Readonly<Record<string, string>> {
  return {
    language,
    opensOnClick,
    changeset: l10n.t('Changeset'),
    merge: l10n.t('Merge'),
    branch: l10n.t('branch {0}', '{0}'),
    bookmark: l10n.t('bookmark {0}', '{0}'),
    tag: l10n.t('tag {0}', '{0}'),
    topic: l10n.t('topic {0}', '{0}'),
    workingParent: l10n.t('current'),
    hidden: l10n.t('hidden'),
    obsolete: l10n.t('obsolete'),
    closesBranch: l10n.t('closes branch'),
    parents: l10n.t('Parents:'),
    children: l10n.t('Children:'),
    more: l10n.t('{0} more files', '{0}'),
    searching: l10n.t('Searching…'),
    filtering: l10n.t('Filtering…'),
    found: l10n.t('{0} found', '{0}'),
    find: l10n.t('Find in history'),
    filter: l10n.t('Filter Graph…'),
    graph: l10n.t('Changesets'),
    details: l10n.t('Changeset Details'),
    hideDetails: l10n.t('Hide Details'),
    toWorkingCopy: l10n.t('Go to Current Changeset'),
    help: l10n.t('Keyboard Shortcuts'),
    keys: [
      l10n.t('Up, Down, Page Up, Page Down, Home, End: move'),
      l10n.t('Shift+Up, Shift+Down: select a second changeset'),
      l10n.t('Enter: open changes'),
      l10n.t('Space: show or hide the details'),
      l10n.t('p: go to the parent. c: go to the child'),
      l10n.t('Period: go to the current changeset'),
      l10n.t('Ctrl+F: find'),
      l10n.t('Shift+F10: menu'),
      l10n.t('Escape: close what is open here'),
    ].join('\n'),
  };
}

/** The name of a filter, for the button that changes it. */
export function filterLabel(filter: GraphFilter): string {
  switch (filter.kind) {
    case 'all':
      return l10n.t('All Changesets');
    case 'auto':
      return l10n.t('Current Branch and Drafts');
    case 'drafts':
      return l10n.t('Drafts');
    case 'branch':
    case 'bookmark':
    case 'tag':
    case 'topic':
      return filter.name;
    case 'file':
      return filter.path;
    case 'changesets':
      return l10n.t('Revision Set');
  }
}

type Counts = Pick<OpenedGraph, 'rows' | 'unread' | 'changesets'>;

/** How many changesets there are, or how far reading them has come, and a sentence if there is none. */
export function countTexts({ rows, unread, changesets }: Counts): { readonly status: string; readonly none: string } {
  if (unread > 0) {
    const percent = Math.floor((100 * (changesets - unread)) / changesets);
    return { status: l10n.t('Reading branches: {0} %', percent), none: '' };
  }
  const status = rows === 1 ? l10n.t('1 changeset') : l10n.t('{0} changesets', rows.toLocaleString(env.language));
  if (rows > 0) return { status, none: '' };
  const none =
    changesets === 0 ? l10n.t('The repository has no changesets yet.') : l10n.t('No changeset matches the filter.');
  return { status, none };
}

export function graphHtml(webview: Webview, media: Uri, texts: Readonly<Record<string, string>>): string {
  const of = (name: string): string => webview.asWebviewUri(Uri.joinPath(media, name)).toString();
  return graphPage({ of, source: webview.cspSource, nonce: randomBytes(16).toString('hex') }, texts);
}
