// The graph in its webview: rows that are drawn when they are visible, a line of details, a search, and keys as in VS
// Code's lists. State is kept by the ids of changesets, so that it outlives every change of the history.
/* global acquireVsCodeApi, document, navigator, performance, ResizeObserver, requestAnimationFrame, window */
import { Place } from './place.mjs';
import {
  ago,
  authorOf,
  COLUMN_WIDTH,
  linesOf,
  MARGIN,
  namesOf,
  ROW_HEIGHT,
  sentenceOf,
  shapeOf,
  statesOf,
  windowOf,
  xOf,
} from './rows.mjs';

const vscode = acquireVsCodeApi();
const texts = JSON.parse(document.getElementById('texts').textContent);
const list = document.getElementById('list');
const space = document.getElementById('space');
const status = document.getElementById('status');
const details = document.getElementById('details');
const find = document.getElementById('find');
const found = document.getElementById('found');
const working = document.getElementById('working');
const filter = document.getElementById('filter');
const help = document.getElementById('help');
const keyHelp = document.getElementById('keys');
const none = document.getElementById('none');
const IS_MAC = navigator.platform.startsWith('Mac');
const SVG = 'http://www.w3.org/2000/svg';
/** Pages of rows that are kept. */
const MAX_ROWS = 4000;
/** Pixels below which dates are as short as can be. */
const NARROW = 420;
/** The mark of the time at which the first rows are painted. */
const PAINTED = 'rows-painted';

const place = new Place(vscode.getState());
let view = { id: 0, rows: 0, width: 1, workingParents: [], status: '' };
let rows = new Map();
let edges = [];
let asked = '';
/** The changeset that the details are about. */
let detailed;
let drawn = new Map();
/** Rows have been drawn. */
let isPainted = false;
/** The size of the list when it was drawn last. */
let size = { width: 0, height: 0 };

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

/** Keeps the place for a reload, and tells the selection where it is another one. */
function keep() {
  place.learn(rows);
  vscode.setState(place.kept);
  const ids = place.untold();
  if (ids !== undefined) send({ type: 'selected', ...ids });
}

function draw() {
  if (view.rows === 0) {
    for (const old of drawn.values()) old.remove();
    drawn = new Map();
    list.removeAttribute('aria-activedescendant');
    return;
  }
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
  // Measurements ask the page for this time.
  if (!isPainted) requestAnimationFrame(() => performance.mark(PAINTED));
  isPainted = true;
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
  made.dataset.vscodeContext = contextOf(data);
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
  const nameBox = element('span', 'names');
  nameBox.append(...names);
  const text = element('span', data.isWorkingParent ? 'text current' : 'text', data.summary);
  cell('summary', ...(names.length > 0 ? [nameBox] : []), text);
  cell('author', authorOf(data.user));
  const isNarrow = list.clientWidth < NARROW;
  cell('date', isNarrow ? ago(data.time, Date.now() / 1000, texts.language, 'narrow') : when);
  made.title = [
    data.summary,
    namesOf(data, texts).join(', '),
    data.user,
    when,
    `${data.revision}:${data.node.slice(0, 12)} ${statesOf(data, texts).join(', ')}`,
  ].join('\n');
  return made;
}

/** Tells the menu of VS Code which changeset it is for. */
function contextOf({ node, phase }) {
  return JSON.stringify({ webviewSection: 'changeset', node, phase, preventDefaultContextMenuItems: true });
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
    made.classList.toggle('selected', place.has(row));
    made.setAttribute('aria-selected', String(place.has(row)));
  }
  if (drawn.has(place.selected.row)) list.setAttribute('aria-activedescendant', `row-${place.selected.row}`);
  else list.removeAttribute('aria-activedescendant');
  // The key for the menu has the list as its target, and no row.
  const data = rows.get(place.selected.row);
  if (data === undefined) delete list.dataset.vscodeContext;
  else list.dataset.vscodeContext = contextOf(data);
}

/** Scrolls until a row is visible. */
function uncover(row) {
  const top = row * ROW_HEIGHT;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + ROW_HEIGHT > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW_HEIGHT - list.clientHeight;
}

/** @param isExtended true to keep a second selected row: the one with which the selection began */
function select(row, isExtended = false) {
  if (row < 0 || row >= view.rows) return;
  place.select(row, isExtended);
  uncover(row);
  showSelection();
  keep();
  askDetails();
}

function askDetails() {
  const { node } = place.selected;
  if (details.hidden || node === undefined) return;
  detailed = node;
  send({ type: 'details', node });
}

function openSelected() {
  const { node } = place.selected;
  if (node !== undefined) send({ type: 'open', node, other: place.other.node });
}

function toggleDetails(isShown = details.hidden) {
  details.hidden = !isShown;
  if (!isShown && details.contains(document.activeElement)) list.focus();
  askDetails();
}

function showDetails(answer) {
  const close = element('button', undefined, '×');
  close.id = 'close';
  close.title = texts.hideDetails;
  close.setAttribute('aria-label', texts.hideDetails);
  close.addEventListener('click', () => toggleDetails(false));
  details.replaceChildren(close);
  details.scrollTop = 0;
  if (answer === null) return;
  const { row, description, parents, children, files, total } = answer;
  details.append(element('pre', 'description', description));
  details.append(element('p', 'facts', `${row.user} · ${new Date(row.time * 1000).toLocaleString(texts.language)}`));
  const state = statesOf(row, texts).join(', ');
  details.append(element('p', 'facts', `${row.revision}:${row.node} · ${state}`));
  details.append(element('p', 'facts', namesOf(row, texts).join(' · ')));
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
    if (direction > 0 && edges[at] === place.selected.row) return edges[at + 1];
    if (direction < 0 && edges[at + 1] === place.selected.row) return edges[at];
  }
  return -1;
}

const page = () => Math.max(1, Math.floor(list.clientHeight / ROW_HEIGHT) - 1);
const keys = {
  ArrowDown: event => select(Math.min(view.rows - 1, place.selected.row + 1), event.shiftKey),
  ArrowUp: event => select(Math.max(0, place.selected.row - 1), event.shiftKey),
  PageDown: () => select(Math.min(view.rows - 1, place.selected.row + page())),
  PageUp: () => select(Math.max(0, place.selected.row - page())),
  Home: () => select(0),
  End: () => select(view.rows - 1),
  Enter: () => openSelected(),
  ' ': () => toggleDetails(),
  '.': () => view.workingParents.length > 0 && select(view.workingParents[0]),
  p: () => select(along(1)),
  c: () => select(along(-1)),
  '?': () => toggleHelp(),
};

function toggleHelp(isShown = keyHelp.textContent === '') {
  keyHelp.textContent = isShown ? texts.keys : '';
  // It may be longer than a low page has room for.
  keyHelp.tabIndex = isShown ? 0 : -1;
  help.setAttribute('aria-expanded', String(isShown));
}

/** Closes what was opened last beside the list: the help, else what a search found, else the details. */
function closeOne() {
  if (keyHelp.textContent !== '') toggleHelp(false);
  else if (!found.hidden) endSearch();
  else toggleDetails(false);
  list.focus();
}

list.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const run = keys[event.key];
  if (run === undefined) return;
  event.preventDefault();
  run(event);
});
document.addEventListener('keydown', event => {
  if (event.key === 'Escape') closeOne();
  if ((event.ctrlKey || event.metaKey) && event.key === 'f') {
    event.preventDefault();
    find.focus();
    find.select();
  }
});
list.addEventListener('scroll', () => {
  place.scroll(list.scrollTop);
  keep();
  requestAnimationFrame(draw);
});
list.addEventListener('mousedown', event => {
  const row = Number(event.target.closest('.row')?.dataset.row ?? -1);
  const opensMenu = event.button === 2 || (IS_MAC && event.ctrlKey);
  // The menu of two selected changesets is for both.
  if (!opensMenu) select(row, event.ctrlKey || event.metaKey);
  else if (!place.has(row)) select(row);
});
list.addEventListener('click', event => {
  if (event.target.closest('.row') !== null && texts.opensOnClick === 'details') toggleDetails(true);
  else if (event.target.closest('.row') !== null && texts.opensOnClick === 'changes') openSelected();
});
list.addEventListener('dblclick', () => openSelected());
working.addEventListener('click', () => keys['.']());
filter.addEventListener('click', () => send({ type: 'filter' }));
help.addEventListener('click', () => toggleHelp());

// VS Code gives the focus to the page. There, the keys are for the list.
window.addEventListener('focus', () => {
  if (document.activeElement === document.body) list.focus();
});

let searched = '';
find.addEventListener('keydown', event => {
  if (event.key === 'Enter') search(find.value.trim());
});
// The button in the field clears it.
find.addEventListener('input', () => {
  if (find.value === '') endSearch();
});
function endSearch() {
  found.hidden = true;
  if (searched !== '') send({ type: 'find', words: '' });
  searched = '';
  status.textContent = view.status;
}
function search(words) {
  if (words === '') return;
  found.replaceChildren();
  found.hidden = false;
  searched = words;
  status.textContent = texts.searching;
  send({ type: 'find', words });
}
function showFound({ words, found: changesets, isLast }) {
  if (words !== searched) return;
  for (const each of changesets) {
    const button = element('button', 'link', `${each.revision} ${each.summary} — ${authorOf(each.user)}`);
    button.addEventListener('click', () => send({ type: 'reveal', node: each.node }));
    const item = element('li');
    item.append(button);
    found.append(item);
  }
  const count = texts.found.replace('{0}', String(found.children.length));
  status.textContent = isLast ? count : `${texts.searching} ${count}`;
}

function showOpened(message) {
  const isOther = message.view !== view.id;
  const { rows: count, width, workingParents, status: said } = message;
  view = { id: message.view, rows: count, width, workingParents, status: said };
  working.textContent = message.working;
  filter.textContent = message.filter;
  filter.setAttribute('aria-label', `${texts.filter} ${message.filter}`);
  none.textContent = message.none ?? '';
  if (isOther) {
    rows = new Map();
    edges = [];
    asked = '';
  }
  space.style.height = `${view.rows * ROW_HEIGHT}px`;
  list.setAttribute('aria-rowcount', String(view.rows));
  if (message.anchor !== undefined) list.scrollTop = message.anchor * ROW_HEIGHT + place.kept.offset;
  place.open(message, list.scrollTop);
  if (found.hidden) status.textContent = said;
  if (message.answer === undefined) redraw();
  else showRows(message.answer);
}

function showRows(answer) {
  if (rows.size > MAX_ROWS) rows.clear();
  answer.rows.forEach((row, at) => rows.set(answer.first + at, row));
  edges = answer.edges;
  edges.first = answer.first;
  edges.last = answer.first + answer.rows.length - 1;
  redraw();
  keep();
  if (place.selected.node !== detailed) askDetails();
}

/** Another repository is shown: what was found and opened is not in it. */
function forget() {
  find.value = '';
  endSearch();
  place.forget();
  detailed = undefined;
  details.replaceChildren();
}

/** Asks for the graph, and for the rows around the first visible one. */
function sendReady(shown) {
  const { count } = windowOf(0, list.clientHeight, Infinity);
  send({ type: 'ready', ...place.kept, ...shown, before: MARGIN, count });
}

window.addEventListener('message', ({ data: message }) => {
  switch (message.type) {
    case 'opened':
      showOpened(message);
      break;
    case 'rows':
      if (message.view === view.id) showRows(message.answer);
      break;
    case 'working':
      working.textContent = message.working;
      break;
    case 'progress':
      view.status = message.status;
      working.textContent = message.working;
      if (found.hidden) status.textContent = message.status;
      break;
    case 'forget':
      forget();
      break;
    case 'busy':
      if (found.hidden) status.textContent = texts.filtering;
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
      none.textContent = message.message;
      if (message.isWithoutGraph) {
        view = { ...view, rows: 0, status: '' };
        draw();
      }
      status.textContent = view.status;
      break;
    case 'ask':
      sendReady({ view: view.id });
      break;
  }
});
new ResizeObserver(() => {
  const { width, height } = size;
  const selected = place.selected.row;
  const top = selected * ROW_HEIGHT - list.scrollTop;
  size = { width: list.clientWidth, height: list.clientHeight };
  // The details take their place from the list, and must not cover the row that they describe.
  if (selected >= 0 && top >= 0 && top < height) uncover(selected);
  if (size.width === width) draw();
  else redraw();
}).observe(list);
if (document.hasFocus()) list.focus();
sendReady();
