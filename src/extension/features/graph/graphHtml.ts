// The words of the graph's page, and its place in a webview.
import { randomBytes } from 'node:crypto';
import { l10n, Uri, type Webview } from 'vscode';
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
    parents: l10n.t('Parents:'),
    children: l10n.t('Children:'),
    more: l10n.t('{0} more files', '{0}'),
    searching: l10n.t('Searching…'),
    found: l10n.t('{0} found', '{0}'),
    rows: l10n.t('{0} changesets', '{0}'),
    find: l10n.t('Find in history'),
    graph: l10n.t('Changesets'),
    keys: l10n.t('Enter: open changes. Space: details. p: parent. c: child. Period: current. Ctrl+F: find.'),
  };
}

export function graphHtml(webview: Webview, media: Uri, texts: Readonly<Record<string, string>>): string {
  const of = (name: string): string => webview.asWebviewUri(Uri.joinPath(media, name)).toString();
  return graphPage({ of, source: webview.cspSource, nonce: randomBytes(16).toString('hex') }, texts);
}
