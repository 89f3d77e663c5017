import assert from 'node:assert/strict';
import { test } from 'node:test';
import { folderNameOf } from '../../../src/extension/features/exchange/folderName.ts';

test('a clone gets the last part of the address as its name, and never a password', () => {
  const names: readonly (readonly [source: string, name: string])[] = [
    ['https://example.org/a/b', 'b'],
    ['https://joe:secret@example.org/a/b/?x#tip', 'b'],
    ['https://joe:secret@example.org', 'example.org'],
    ['https://joe:s@cret@example.org:8000/', 'example.org'],
    ['ssh://joe:secret@example.org:22//srv/repo', 'repo'],
    ['/srv/repo/', 'repo'],
    ['C:\\repos\\mine', 'mine'],
    ['C:mine', 'mine'],
    ['../other', 'other'],
    ['', ''],
  ];
  for (const [source, name] of names) assert.equal(folderNameOf(source), name, source);
});
