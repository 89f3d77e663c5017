import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsOf, type MessageLimits } from '../../../src/extension/features/commit/messageChecks.ts';

function found(text: string, limits: Partial<MessageLimits> = {}): string[] {
  return problemsOf(text, { subjectLength: 10, lineLength: 12, ...limits }).map(
    ({ kind, line, start, end, number, length, limit }) =>
      `${kind} ${line}:${start}-${end}, line ${number}, ${length} of ${limit}`,
  );
}

test('a message that is fit has no problems', () => {
  assert.deepEqual(found(''), []);
  assert.deepEqual(found('Subject'), []);
  assert.deepEqual(found('0123456789\n\n012345678901\n012345678901'), []);
});

test('long lines, and text right below the first', () => {
  assert.deepEqual(found('01234567890\nsecond\r\n0123456789012'), [
    'subject 0:10-11, line 1, 11 of 10',
    'second-line 1:0-6, line 2, 6 of 0',
    'line 2:12-13, line 3, 13 of 12',
  ]);
  assert.deepEqual(found('Subject\nsecond is long'), [
    'second-line 1:0-14, line 2, 14 of 0',
    'line 1:12-14, line 2, 14 of 12',
  ]);
});

test('what is left out of the message is not looked at: blank lines above, help, spaces at the end', () => {
  assert.deepEqual(found('HG: a long line of help\n\n \n01234567890   \nHG: x\n \nHG: a long line of help\nend'), [
    'subject 3:10-11, line 1, 11 of 10',
  ]);
  assert.deepEqual(found('Subject\nHG: help\nsecond'), ['second-line 2:0-6, line 2, 6 of 0']);
});

test('a limit of 0 is none', () => {
  const long = 'x'.repeat(200);
  assert.deepEqual(found(`${long}\n\n${long}`, { subjectLength: 0, lineLength: 0 }), []);
});
