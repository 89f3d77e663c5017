// The page of the graph, and its words.
import { randomBytes } from 'node:crypto';
import { l10n, Uri, type Webview } from 'vscode';

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
  const nonce = randomBytes(16).toString('hex');
  const at = (name: string): string => webview.asWebviewUri(Uri.joinPath(media, name)).toString();
  const source = webview.cspSource;
  const policy = `default-src 'none'; script-src 'nonce-${nonce}' ${source}; style-src ${source}`;
  // In a script, only this could end it.
  const data = JSON.stringify(texts).replaceAll('<', '\\u003c');
  const attribute = (name: string): string => escaped(texts[name] ?? '');
  return `<!DOCTYPE html>
<html lang="${attribute('language')}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="${at('graph.css')}">
<title>${attribute('graph')}</title>
</head>
<body>
<div id="bar"><input id="find" type="search" placeholder="${attribute('find')}" aria-label="${attribute('find')}"><span id="status" role="status"></span></div>
<ul id="found" aria-label="${attribute('find')}" hidden></ul>
<button id="working"></button>
<div id="list" role="grid" tabindex="0" aria-label="${attribute('graph')}"><div id="space" role="presentation"></div></div>
<div id="details" hidden></div>
<script type="application/json" id="texts" nonce="${nonce}">${data}</script>
<script type="module" nonce="${nonce}" src="${at('graph.mjs')}"></script>
</body>
</html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}
