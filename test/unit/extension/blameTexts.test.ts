// The words of blame, with dates in each form of the setting.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryRow } from '../../../src/server/historyProtocol.ts';
import { env } from './fakeVscode.ts';

const { columnText, COLUMN_WIDTH, fromTemplate, shownDate } =
  await import('../../../src/extension/features/blame/blameTexts.ts');

/** Of 6 May 2024, 07:08 in a zone two hours east. */
const row: HistoryRow = {
  node: '0123456789abcdef0123456789abcdef01234567',
  revision: 7,
  user: 'Ann Lee <ann@example.org>',
  time: Date.UTC(2024, 4, 6, 5, 8) / 1000,
  timezone: -7200,
  branch: 'stable',
  closesBranch: false,
  summary: 'Count the trees',
  parents: [6],
  phase: 'draft',
  instabilities: [],
  isObsolete: false,
  isHidden: false,
  tags: [],
  bookmarks: [],
  isWorkingParent: false,
};

test('a date has the form of the setting', () => {
  assert.equal(shownDate(row, 'iso'), '2024-05-06 07:08');
  assert.equal(shownDate(row, 'local'), new Date(row.time * 1000).toLocaleDateString(env.language));
  assert.match(shownDate({ ...row, time: Date.now() / 1000 - 3 * 86_400 }, 'relative'), /^3 days ago$/);
  for (const form of ['iso', 'local'] as const) assert.equal(shownDate({ ...row, time: 1e15 }, form), '');
});

test('the column fits its width, with a long name too', () => {
  assert.equal(columnText(row, 'iso'), 'Ann Lee · 2024-05-06 07:08');
  const text = columnText({ ...row, user: 'Annabella Leeuwenhoek' }, 'iso');
  assert.equal(text, 'Annabell… · 2024-05-06 07:08');
  assert.equal(text.length, COLUMN_WIDTH);
});

test('a template has the facts of the changeset, and keeps what it does not know', () => {
  const template = '${authorName}, ${authorDate}: ${subject} (${hashShort}, ${revision}, ${branch}) ${other}';
  assert.equal(
    fromTemplate(template, row),
    'Ann Lee, 2024-05-06 07:08: Count the trees (0123456789ab, 7, stable) ${other}',
  );
});
