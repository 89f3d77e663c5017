// The page of the graph. It knows no `vscode`, so that tests open it in a browser.

export interface PageAddresses {
  /** Returns the address of a file of the page. */
  readonly of: (name: string) => string;
  /** The source of these files, for the policy about scripts and styles. */
  readonly source: string;
  /** Unguessable, for the scripts of the page itself. */
  readonly nonce: string;
}

export function graphPage({ of, source, nonce }: PageAddresses, texts: Readonly<Record<string, string>>): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}' ${source}; style-src ${source}`;
  // In a script, only this could end it.
  const data = JSON.stringify(texts).replaceAll('<', '\\u003c');
  const attribute = (name: string): string => escaped(texts[name] ?? '');
  return `<!DOCTYPE html>
<html lang="${attribute('language')}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="${of('graph.css')}">
<link rel="modulepreload" nonce="${nonce}" href="${of('rows.mjs')}">
<link rel="modulepreload" nonce="${nonce}" href="${of('place.mjs')}">
<title>${attribute('graph')}</title>
</head>
<body>
<main>
<h1 class="unseen">${attribute('graph')}</h1>
<div id="bar">
<input id="find" type="search" placeholder="${attribute('find')}" aria-label="${attribute('find')}">
<span id="status" role="status"></span>
<button id="filter" class="link" title="${attribute('filter')}"></button>
<button id="help" title="${attribute('help')}" aria-label="${attribute('help')}" aria-expanded="false" aria-controls="keys">?</button>
</div>
<div id="keys" role="status" tabindex="-1"></div>
<ul id="found" aria-label="${attribute('find')}" hidden></ul>
<button id="working" title="${attribute('toWorkingCopy')}"></button>
<div id="none" role="status"></div>
<div id="list" role="grid" tabindex="0" aria-label="${attribute('graph')}"><div id="space" role="presentation"></div></div>
<div id="details" role="region" tabindex="0" aria-label="${attribute('details')}" hidden></div>
</main>
<script type="application/json" id="texts" nonce="${nonce}">${data}</script>
<script type="module" nonce="${nonce}" src="${of('graph.mjs')}"></script>
</body>
</html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}
