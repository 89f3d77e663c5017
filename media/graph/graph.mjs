// The graph in its webview: rows that are drawn when they are visible, a line of details, a search, and keys as in VS
// Code's lists. State is kept by the ids of changesets, so that it outlives every change of the history.
/* global acquireVsCodeApi, document, ResizeObserver, requestAnimationFrame, window */
import { ago, authorOf, COLUMN_WIDTH, linesOf, ROW_HEIGHT, sentenceOf, shapeOf, windowOf, xOf } from './rows.mjs';

const vscode = acquireVsCodeApi();
const texts = JSON.parse(document.getElementById('texts').textContent);
const list = document.getElementById('list');
const space = document.getElementById('space');
const status = document.getElementById('status');
const details = document.getElementById('details');
const find = document.getElementById('find');
const found = document.getElementById('found');
const working = document.getElementById('working');
const SVG = 'http://www.w3.org/2000/svg';
/** Pages of rows that are kept. */
const MAX_ROWS = 4000;

/** What outlives a reload: the selection, and the first visible row with its offset in pixels. */
let kept = vscode.getState() ?? { node: undefined, other: undefined, anchor: undefined, offset: 0 };
let view = { id: 0, rows: 0, width: 1, workingParents: [] };
let rows = new Map();
let edges = [];
let selected = -1;
let other = -1;
let asked = '';
let drawn = new Map();

const send = message => vscode.postMessage(message);
const element = (name, className, text) => {
  const made = document.createElement(name);
  if (className !== undefined) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

function maxColumns() {
  return Math.max(4, Math.min(list.clientWidth > 600 ? 40 : 12, Math.floor(list.clientWidth / 3 / COLUMN_WIDTH)));
}

function keep() {
  const top = Math.floor(list.scrollTop / ROW_HEIGHT);
  kept = {
    node: rows.get(selected)?.node ?? kept.node,
    other: rows.get(other)?.node,
    anchor: list.scrollTop === 0 ? undefined : (rows.get(top)?.node ?? kept.anchor),
    offset: list.scrollTop - top * ROW_HEIGHT,
  };
  vscode.setState(kept);
}

function draw() {
  if (view.rows === 0) return;
  const { first, count } = windowOf(list.scrollTop, list.clientHeight, view.rows);
  const key = `${view.id} ${first} ${count}`;
  const isMissing = Array.from({ length: count }, (_, at) => first + at).some(row => !rows.has(row));
  if (key !== asked && (isMissing || edges.length === 0 || edges.first > first || edges.last < first + count - 1)) {
    asked = key;
    send({ type: 'rows', view: view.id, first, count });
  }
  // The old rows stay until there are new ones.
  if (rows.size === 0) return;
  const wanted = new Map();
  for (let row = first; row < first + count; row++) {
    if (rows.has(row)) wanted.set(row, drawn.get(row) ?? rowElement(row, rows.get(row)));
  }
  for (const [row, old] of drawn) if (!wanted.has(row)) old.remove();
  for (const [row, made] of wanted) if (!drawn.has(row)) space.append(made);
  drawn = wanted;
  showSelection();
}

function redraw() {
  if (rows.size === 0) return draw();
  for (const old of drawn.values()) old.remove();
  drawn = new Map();
  draw();
}

function rowElement(row, data) {
  const made = element('div', `row${data.isHidden || data.isObsolete ? ' faded' : ''}`);
  made.id = `row-${row}`;
  made.style.top = `${row * ROW_HEIGHT}px`;
  made.setAttribute('role', 'row');
  made.setAttribute('aria-rowindex', String(row + 1));
  const when = ago(data.time, Date.now() / 1000, texts.language);
  made.setAttribute('aria-label', sentenceOf(data, texts, when));
  made.dataset.row = String(row);
  made.dataset.vscodeContext = JSON.stringify({
    webviewSection: 'changeset',
    node: data.node,
    phase: data.phase,
    preventDefaultContextMenuItems: true,
  });
  const cell = (className, ...children) => {
    const box = element('span', className);
    box.setAttribute('role', 'gridcell');
    box.append(...children);
    made.append(box);
  };
  cell('lanes', picture(row, data));
  const names = [
    ...data.bookmarks.map(name => element('span', 'badge bookmark', name)),
    ...data.tags.map(name => element('span', 'badge tag', name)),
    ...(data.topic === undefined ? [] : [element('span', 'badge topic', data.topic)]),
    ...(data.branch === 'default' ? [] : [element('span', 'badge branch', data.branch)]),
    ...data.instabilities.map(name => element('span', 'badge unstable', name)),
  ];
  cell('summary', ...names, element('span', data.isWorkingParent ? 'text current' : 'text', data.summary));
  cell('author', authorOf(data.user));
  cell('date', when);
  made.title = `${data.summary}\n${data.user}\n${when}\n${data.revision}:${data.node.slice(0, 12)} ${data.phase}`;
  return made;
}

function picture(row, data) {
  const columns = maxColumns();
  const svg = document.createElementNS(SVG, 'svg');
  const width = (Math.min(view.width, columns + 1) + 1) * COLUMN_WIDTH;
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(ROW_HEIGHT));
  svg.setAttribute('aria-hidden', 'true');
  const add = (name, attributes) => {
    const part = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, String(value));
    svg.append(part);
  };
  for (const { path, color, isDashed } of linesOf(row, edges, columns)) {
    add('path', { d: path, class: `lane lane${color + 1}${isDashed ? ' dashed' : ''}` });
  }
  const x = xOf(data.column, columns);
  const y = ROW_HEIGHT / 2;
  const shape = shapeOf(data);
  const look = { class: `dot ${shape} lane${data.color + 1}` };
  if (data.isWorkingParent) add('circle', { cx: x, cy: y, r: 6.5, class: `ring lane${data.color + 1}` });
  if (shape === 'obsolete') add('path', { d: `M${x - 3.5} ${y - 3.5}l7 7m0 -7l-7 7`, ...look });
  else if (shape === 'secret') add('rect', { x: x - 3.5, y: y - 3.5, width: 7, height: 7, ...look });
  else if (shape === 'closed') add('path', { d: `M${x - 4} ${y - 4}h8v8h-8zm2 4h4`, ...look });
  else add('circle', { cx: x, cy: y, r: 3.5, ...look });
  return svg;
}

function showSelection() {
  for (const [row, made] of drawn) {
    made.classList.toggle('selected', row === selected || row === other);
    made.setAttribute('aria-selected', String(row === selected || row === other));
  }
  if (drawn.has(selected)) list.setAttribute('aria-activedescendant', `row-${selected}`);
  else list.removeAttribute('aria-activedescendant');
}

function select(row, isExtended = false) {
  if (row < 0 || row >= view.rows) return;
  other = isExtended ? selected : -1;
  selected = row;
  const top = row * ROW_HEIGHT;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + ROW_HEIGHT > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW_HEIGHT - list.clientHeight;
  showSelection();
  keep();
  const node = rows.get(row)?.node;
  send({ type: 'selected', node, other: rows.get(other)?.node });
  if (!details.hidden && node !== undefined) send({ type: 'details', node });
}

function openSelected() {
  const node = rows.get(selected)?.node;
  if (node !== undefined) send({ type: 'open', node, other: rows.get(other)?.node });
}

function toggleDetails(isShown = details.hidden) {
  details.hidden = !isShown;
  const node = rows.get(selected)?.node;
  if (isShown && node !== undefined) send({ type: 'details', node });
}

function showDetails(answer) {
  details.replaceChildren();
  if (answer === null) return;
  const { row, description, parents, children, files, total } = answer;
  details.append(element('pre', 'description', description));
  details.append(element('p', 'facts', `${row.user} · ${new Date(row.time * 1000).toLocaleString(texts.language)}`));
  details.append(element('p', 'facts', `${row.revision}:${row.node} · ${row.phase}`));
  const relatives = (label, all) => {
    if (all.length === 0) return;
    const line = element('p', 'relatives', `${label} `);
    for (const each of all) {
      const button = element('button', 'link', `${each.node.slice(0, 12)} ${each.summary}`);
      button.addEventListener('click', () => send({ type: 'reveal', node: each.node }));
      line.append(button);
    }
    details.append(line);
  };
  relatives(texts.parents, parents);
  relatives(texts.children, children);
  const box = element('ul', 'files');
  for (const file of files) {
    const item = element('li');
    const button = element('button', 'link', file.shownPath);
    button.addEventListener('click', () =>
      send({ type: 'file', node: row.node, path: file.path, source: file.source, parent: parents[0]?.node }),
    );
    item.append(element('span', `letter ${file.status}`, file.status[0].toUpperCase()), button);
    box.append(item);
  }
  details.append(box);
  if (total > files.length)
    details.append(element('p', 'facts', texts.more.replace('{0}', String(total - files.length))));
}

function along(direction) {
  for (let at = 0; at < edges.length; at += 6) {
    if (direction > 0 && edges[at] === selected) return edges[at + 1];
    if (direction < 0 && edges[at + 1] === selected) return edges[at];
  }
  return -1;
}

const page = () => Math.max(1, Math.floor(list.clientHeight / ROW_HEIGHT) - 1);
const keys = {
  ArrowDown: event => select(Math.min(view.rows - 1, selected + 1), event.shiftKey),
  ArrowUp: event => select(Math.max(0, selected - 1), event.shiftKey),
  PageDown: () => select(Math.min(view.rows - 1, selected + page())),
  PageUp: () => select(Math.max(0, selected - page())),
  Home: () => select(0),
  End: () => select(view.rows - 1),
  Enter: () => openSelected(),
  ' ': () => toggleDetails(),
  '.': () => view.workingParents.length > 0 && select(view.workingParents[0]),
  p: () => select(along(1)),
  c: () => select(along(-1)),
  '?': () => (status.textContent = texts.keys),
};

list.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const run = keys[event.key];
  if (run === undefined) return;
  event.preventDefault();
  run(event);
});
document.addEventListener('keydown', event => {
  if ((event.ctrlKey || event.metaKey) && event.key === 'f') {
    event.preventDefault();
    find.focus();
    find.select();
  }
});
list.addEventListener('scroll', () => {
  keep();
  requestAnimationFrame(draw);
});
list.addEventListener('mousedown', event => {
  const row = event.target.closest('.row');
  if (row !== null) select(Number(row.dataset.row), event.ctrlKey || event.metaKey);
});
list.addEventListener('click', event => {
  if (event.target.closest('.row') !== null && texts.opensOnClick === 'details') toggleDetails(true);
  else if (event.target.closest('.row') !== null && texts.opensOnClick === 'changes') openSelected();
});
list.addEventListener('dblclick', () => openSelected());
working.addEventListener('click', () => keys['.']());

let searched = { words: '', next: undefined };
find.addEventListener('keydown', event => {
  if (event.key === 'Escape') {
    found.hidden = true;
    list.focus();
  } else if (event.key === 'Enter') search(find.value.trim(), undefined);
});
function search(words, from) {
  if (words === '') return;
  if (from === undefined) found.replaceChildren();
  found.hidden = false;
  searched = { words, next: undefined };
  status.textContent = texts.searching;
  send({ type: 'find', words, from });
}
function showFound({ words, answer }) {
  if (words !== searched.words) return;
  for (const each of answer.found) {
    const button = element('button', 'link', `${each.revision} ${each.summary} — ${authorOf(each.user)}`);
    button.addEventListener('click', () => send({ type: 'reveal', node: each.node }));
    const item = element('li');
    item.append(button);
    found.append(item);
  }
  status.textContent = texts.found.replace('{0}', String(found.children.length));
  if (answer.next >= 0 && found.children.length < 500) send({ type: 'find', words, from: answer.next });
}

window.addEventListener('message', ({ data: message }) => {
  switch (message.type) {
    case 'opened': {
      const isOther = message.view !== view.id;
      view = { id: message.view, rows: message.rows, width: message.width, workingParents: message.workingParents };
      working.textContent = message.working;
      if (isOther) {
        rows = new Map();
        edges = [];
        asked = '';
      }
      selected = message.selected ?? selected;
      other = message.other ?? -1;
      space.style.height = `${view.rows * ROW_HEIGHT}px`;
      list.setAttribute('aria-rowcount', String(view.rows));
      if (message.anchor !== undefined) list.scrollTop = message.anchor * ROW_HEIGHT + kept.offset;
      status.textContent = texts.rows.replace('{0}', String(view.rows));
      redraw();
      break;
    }
    case 'rows':
      if (message.view !== view.id) break;
      if (rows.size > MAX_ROWS) rows.clear();
      message.answer.rows.forEach((row, at) => rows.set(message.answer.first + at, row));
      edges = message.answer.edges;
      edges.first = message.answer.first;
      edges.last = message.answer.first + message.answer.rows.length - 1;
      redraw();
      break;
    case 'working':
      working.textContent = message.working;
      break;
    case 'reveal':
      select(message.row);
      list.focus();
      break;
    case 'details':
      showDetails(message.answer);
      break;
    case 'found':
      showFound(message);
      break;
    case 'find':
      find.focus();
      break;
    case 'problem':
      status.textContent = message.message;
      break;
    case 'ask':
      send({ type: 'ready', ...kept });
      break;
  }
});
new ResizeObserver(() => redraw()).observe(list);
send({ type: 'ready', ...kept });
