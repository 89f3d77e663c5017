import assert from 'node:assert/strict';
import { test } from 'node:test';
import { harmlessMessage } from '../../../src/extension/features/graph/graphMessage.ts';

test('texts for the graph hide and reorder nothing, and what the page sends back is unchanged', () => {
  const hostile = 'a\u202eb\u200b';
  const message = {
    type: 'details',
    answer: {
      node: 'ab',
      summary: hostile,
      description: `x\n${hostile}`,
      names: [hostile],
      files: [{ path: hostile }],
    },
    rows: 3,
    missing: null,
  };
  assert.deepEqual(harmlessMessage(message), {
    type: 'details',
    answer: {
      node: 'ab',
      summary: 'a\\u202eb\\u200b',
      description: 'x\na\\u202eb\\u200b',
      names: ['a\\u202eb\\u200b'],
      files: [{ path: hostile, shownPath: 'a\\u202eb\\u200b' }],
    },
    rows: 3,
    missing: null,
  });
});
