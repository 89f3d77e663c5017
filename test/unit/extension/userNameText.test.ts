import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withUserName } from '../../../src/extension/hg/userNameText.ts';

test('the name stands in the section [ui], once, and all else stays', () => {
  const name = 'Ada <ada@example.org>';
  const line = `username = ${name}`;
  const texts: readonly (readonly [before: string, after: string])[] = [
    ['', `[ui]\n${line}\n`],
    ['[extensions]\nshelve =\n', `[extensions]\nshelve =\n[ui]\n${line}\n`],
    ['[ui]\nmerge = :merge\n\n[paths]\nusername = x\n', `[ui]\n${line}\nmerge = :merge\n\n[paths]\nusername = x\n`],
    ['[ui]\nusername=\nverbose = 1', `[ui]\n${line}\nverbose = 1\n`],
    ['[ui]\r\nverbose = 1\r\n', `[ui]\r\n${line}\r\nverbose = 1\r\n`],
  ];
  for (const [before, after] of texts) assert.equal(withUserName(before, ` ${name} `), after);
});
