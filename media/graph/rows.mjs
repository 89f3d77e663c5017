// The drawing of rows without a document: which rows are visible, the lines of each, and its sentence for screen readers.

export const ROW_HEIGHT = 22;
export const COLUMN_WIDTH = 12;
/** Rows that are drawn above and below the visible ones, so that scrolling shows no gap. */
export const MARGIN = 20;
const MIDDLE = ROW_HEIGHT / 2;
const DASHED = 256;
const EDGE_FIELDS = 6;

/** The rows to draw for a scroll position. */
export function windowOf(scrollTop, height, total) {
  const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - MARGIN);
  const count = Math.min(200, total - first, Math.ceil(height / ROW_HEIGHT) + 2 * MARGIN);
  return { first, count: Math.max(0, count) };
}

/** The middle of a column. Columns beyond the last one are drawn in it. */
export function xOf(column, columns) {
  return Math.min(column, columns) * COLUMN_WIDTH + COLUMN_WIDTH / 2 + 2;
}

/** The lines in a row: for each the data of a path, a color and whether it is dashed. */
export function linesOf(row, edges, columns) {
  const lines = [];
  for (let at = 0; at < edges.length; at += EDGE_FIELDS) {
    const [child, parent, childColumn, column, parentColumn, color] = edges.slice(at, at + EDGE_FIELDS);
    if (row < child || row > parent) continue;
    const [from, run, to] = [childColumn, column, parentColumn].map(each => xOf(each, columns));
    let path;
    if (row === child) path = curve(from, MIDDLE, run, ROW_HEIGHT);
    else if (row === parent) path = curve(run, 0, to, MIDDLE);
    else path = `M${run} 0V${ROW_HEIGHT}`;
    lines.push({ path, color: color % DASHED, isDashed: color >= DASHED });
  }
  return lines;
}

function curve(x1, y1, x2, y2) {
  if (x1 === x2) return `M${x1} ${y1}V${y2}`;
  const middle = (y1 + y2) / 2;
  return `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`;
}

/** The shape for a changeset: by phase, and by its state. */
export function shapeOf(row) {
  if (row.isObsolete) return 'obsolete';
  if (row.closesBranch) return 'closed';
  return row.phase === 'public' ? 'public' : row.phase === 'draft' ? 'draft' : 'secret';
}

const UNITS = [
  ['year', 31556952],
  ['month', 2629746],
  ['week', 604800],
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
];

/** How long ago a time is (both in seconds). @param style 'long', or 'narrow' for the shortest form */
export function ago(time, now, language, style = 'long') {
  const difference = time - now;
  const [unit, seconds] = UNITS.find(([, length]) => Math.abs(difference) >= length) ?? ['second', Infinity];
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style });
  return format.format(Math.trunc(difference / seconds), unit);
}

/** The name without the address. */
export function authorOf(user) {
  const name = user.replace(/<[^>]*>?/, '').trim();
  if (name !== '') return name.replace(/@.*$/, '');
  return user.replace(/^.*<|@.*$|>/g, '').trim() || user;
}

/** A text with a name in its gap. A dollar in the name is a dollar. */
function filledIn(text, name) {
  return text.replace('{0}', () => name);
}

/** The names of a changeset, each with its kind: the branch, bookmarks, tags and the topic. */
export function namesOf(row, texts) {
  return [
    filledIn(texts.branch, row.branch),
    ...row.bookmarks.map(name => filledIn(texts.bookmark, name)),
    ...row.tags.map(name => filledIn(texts.tag, name)),
    ...(row.topic === undefined ? [] : [filledIn(texts.topic, row.topic)]),
  ];
}

/** The phase of a changeset, and all else that its shape and its fading show. */
export function statesOf(row, texts) {
  const states = [
    row.phase,
    row.isHidden ? texts.hidden : '',
    row.isObsolete ? texts.obsolete : '',
    row.closesBranch ? texts.closesBranch : '',
    ...row.instabilities,
  ];
  return states.filter(Boolean);
}

/** All facts of a row in one sentence. */
export function sentenceOf(row, texts, when) {
  const kind = row.parents.length > 1 ? texts.merge : texts.changeset;
  const facts = [authorOf(row.user), when, ...(row.isWorkingParent ? [texts.workingParent] : [])];
  const all = [`${kind} ${row.revision}`, ...facts, ...statesOf(row, texts), ...namesOf(row, texts)];
  return `${all.join(', ')}: ${row.summary}`;
}
