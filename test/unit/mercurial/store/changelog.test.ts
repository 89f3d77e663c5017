import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChangeset } from '../../../../src/mercurial/store/changelog.ts';
import type { Changeset } from '../../../../src/mercurial/store/changelog.ts';

const NODE = '0123456789abcdef0123456789abcdef01234567';
const parse = (text: string): Changeset => parseChangeset(Buffer.from(text, 'utf8'), 'test');

test('a changeset has everything that was recorded', () => {
  const extra = 'branch:größe\0close:1\0note:a\\nb\\\\n\\0c:d';
  const changeset = parse(`${NODE}\nJörg <j@x>\n1700000000 -7200 ${extra}\na\ndir/ä\n\nsummary\n\nmore`);
  assert.deepEqual(
    { ...changeset, extra: [...changeset.extra] },
    {
      manifest: NODE,
      user: 'Jörg <j@x>',
      time: 1_700_000_000,
      timezone: -7200,
      extra: [
        ['branch', 'größe'],
        ['close', '1'],
        ['note', 'a\nb\\n\0c:d'],
      ],
      branch: 'größe',
      closesBranch: true,
      files: ['a', 'dir/\xc3\xa4'],
      description: 'summary\n\nmore',
    },
  );
});

test('without extra and files', () => {
  const changeset = parse(`${'0'.repeat(40)}\nme\n0 0\n\nnothing`);
  assert.equal(changeset.branch, 'default');
  assert.equal(changeset.closesBranch, false);
  assert.deepEqual(changeset.files, []);
  assert.equal(changeset.description, 'nothing');
  assert.equal(parse(`${NODE}\nme\n-5.0 0\n\n`).time, -5);
});

test('anything else is corrupt', () => {
  for (const text of [
    '',
    NODE,
    `${NODE}\n`,
    `${NODE}x\nme\n0 0\n\n`,
    `${NODE}\nme\n\n`,
    `${NODE}\nme\nx 0\n\n`,
    `zz${NODE}\nme\n0 0\n\n`,
  ]) {
    assert.throws(() => parse(text), { code: 'corrupt' }, JSON.stringify(text));
  }
});
