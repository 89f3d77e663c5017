import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  authorName,
  authorTime,
  changesetDetails,
  changesetLine,
  relativeTime,
} from '../../../src/extension/model/changesetLine.ts';

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

test('a time as people tell it', () => {
  const clock = { now: 1_000_000_000, language: 'en' };
  const ago = (seconds: number): string => relativeTime(clock.now - seconds, clock);
  assert.deepEqual([0, 59, 60, 3599, 3600].map(ago), ['now', 'now', '1 minute ago', '59 minutes ago', '1 hour ago']);
  assert.deepEqual([86_399, 86_400, 3 * 86_400].map(ago), ['23 hours ago', 'yesterday', '3 days ago']);
  assert.deepEqual(
    [7, 45, 400].map(days => ago(days * 86_400)),
    ['last week', 'last month', 'last year'],
  );
  assert.equal(ago(-7200), 'in 2 hours');
  assert.equal(relativeTime(clock.now - 7200, { ...clock, language: 'de' }), 'vor 2 Stunden');
  assert.equal(relativeTime(9e15, clock), '');
});

test('a changeset in a line of a list', () => {
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
  const clock = { now: 7200, language: 'en' };
  assert.equal(changesetLine(changeset, clock, 'main'), 'Fix · Ada · 2 hours ago · stable');
  assert.equal(changesetLine(changeset, clock, 'Fix'), 'Ada · 2 hours ago · stable');
  assert.equal(changesetLine({ ...changeset, time: 9e15, summary: '' }, clock, 'main'), 'Ada · stable');
});
