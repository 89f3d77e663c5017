// Draws the result as an SVG that can be read on light and on dark pages.
import { number } from './report.mjs';

const WIDTH = 860;
const LABELS = 390;
const RIGHT = 90;
const ROW = 24;
const BAR = 14;
const TITLE = 44;

/** The measured rows of the chart: bars of one scale in a group. */
const GROUPS = [
  {
    title: files => `Status of ${files} files`,
    rows: [
      ['status.hg', 'hg status', 'other'],
      ['status.git', 'git status', 'other'],
      ['status.git-untracked', 'git status, untracked cache', 'other'],
      ['status.rhg-v1', 'rhg status', 'other'],
      ['status.rhg-v2', 'rhg status, dirstate-v2', 'other'],
      ['status.fsmonitor', 'hg status, fsmonitor and Watchman', 'other'],
      ['status.own-v1', 'Quicksilver', 'own'],
      ['status.own-v2', 'Quicksilver, dirstate-v2', 'own'],
      ['status.floor-walk-2', 'floor: C, read directories and stat, 2 threads', 'floor'],
      ['status.floor-list-2', 'floor: C, stat what is tracked, 2 threads', 'floor'],
    ],
  },
  {
    title: files => `From a change to its status, ${files} files`,
    rows: [
      ['live.write', 'a file is written', 'own'],
      ['live.commit', 'a commit of one file', 'own'],
      ['live.ignore', '.hgignore is edited', 'own'],
      ['live.update', undefined, 'own'],
      ['live.burst', undefined, 'own'],
    ],
  },
];

/** The chart of a result of the largest size that was measured; an empty one if nothing of it is shown. */
export function drawChart({ measured, machine, rows }) {
  const files = Math.max(...rows.map(row => row.files));
  const parts = [];
  let top = 20;
  for (const { title, rows: wanted } of GROUPS) {
    const found = wanted.flatMap(([id, label, kind]) => {
      const row = rows.find(candidate => candidate.id === id && candidate.files === files);
      return row === undefined ? [] : [{ row, label: label ?? row.title.replace(/,[^,]* until told$/, ''), kind }];
    });
    if (found.length === 0) continue;
    const longest = Math.max(...found.map(({ row }) => row.median));
    parts.push(`<text class="title" x="20" y="${top + 18}">${escape(title(files.toLocaleString('en')))}</text>`);
    for (const [index, { row, label, kind }] of found.entries()) {
      const y = top + TITLE - 10 + index * ROW;
      const width = Math.max(1, (row.median / longest) * (WIDTH - LABELS - RIGHT));
      const middle = y + BAR - 3;
      parts.push(
        `<text class="label" x="${LABELS - 10}" y="${middle}" text-anchor="end">${escape(label)}</text>`,
        `<rect class="${kind}" x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2"/>`,
        `<text class="value" x="${(LABELS + width + 6).toFixed(1)}" y="${middle}">${number(row.median)} ms</text>`,
      );
    }
    top += TITLE + found.length * ROW + 6;
  }
  const place = `${machine.processor}, ${machine.cores} cores; medians; ${measured.slice(0, 10)}`;
  parts.push(`<text class="note" x="20" y="${top + 12}">${escape(place)}</text>`);
  const height = top + 30;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    '<style>',
    'text { font: 13px system-ui, sans-serif; fill: #1f2328 }',
    '.title { font-weight: 600; font-size: 15px }',
    '.note { font-size: 11px; fill: #59636e }',
    '.other { fill: #8c959f } .own { fill: #1a7f64 } .floor { fill: #bf8700 }',
    '@media (prefers-color-scheme: dark) {',
    '  text { fill: #e6edf3 } .note { fill: #9198a1 }',
    '  .other { fill: #7d8590 } .own { fill: #3fb68b } .floor { fill: #d29922 }',
    '}',
    '</style>',
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
