import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorName, authorTime, changesetDetails } from '../../../src/extension/model/changesetLine.ts';

test('the name of an author without the address', () => {
  assert.equal(authorName('Ada Example <ada@example.org>'), 'Ada Example');
  assert.equal(authorName('ada@example.org'), 'ada');
  assert.equal(authorName('<ada@example.org>'), 'ada');
  assert.equal(authorName('ada'), 'ada');
  assert.equal(authorName(''), '');
});

test("the time on the author's clock", () => {
  assert.equal(authorTime({ time: 0, timezone: 0 }), '1970-01-01 00:00');
  assert.equal(authorTime({ time: 1_767_225_600, timezone: -3600 }), '2026-01-01 01:00');
  assert.equal(authorTime({ time: 9e15, timezone: 0 }), '');
});

test('the branch is told if it is another', () => {
  const changeset = {
    node: 'a'.repeat(40),
    revision: 7,
    user: 'Ada <a@b>',
    time: 0,
    timezone: 0,
    branch: 'stable',
    closesBranch: false,
    summary: 'Fix',
  };
  assert.equal(changesetDetails(changeset, 'stable'), 'Ada, 1970-01-01 00:00');
  assert.equal(changesetDetails(changeset, 'default'), 'Ada, 1970-01-01 00:00, stable');
});
