import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath } from '../../../src/base/bytePath.ts';
import { compareWithHg, inBoth } from '../../../src/server/hgComparison.ts';

const p = bytePath;

test('equal answers have no differences, in whatever order', () => {
  const ours = [
    { path: p('b'), status: 'added', source: p('a') },
    { path: p('a'), status: 'clean' },
  ] as const;
  const hg = [
    { path: p('a'), status: 'C' },
    { path: p('b'), status: 'A', source: p('a') },
  ];
  assert.deepEqual(compareWithHg(ours, hg), []);
});

test('each kind of difference, ordered by path', () => {
  const ours = [
    { path: p('status'), status: 'modified' },
    { path: p('copy'), status: 'added', source: p('x') },
    { path: p('ours'), status: 'unknown' },
    { path: p('copied'), status: 'added' },
  ] as const;
  const hg = [
    { path: p('status'), status: 'C' },
    { path: p('copy'), status: 'A', source: p('y') },
    { path: p('theirs'), status: 'I' },
    { path: p('copied'), status: 'A', source: p('z') },
  ];
  assert.deepEqual(compareWithHg(ours, hg), [
    { path: 'copied', ours: { letter: 'A' }, hg: { letter: 'A', source: 'z' } },
    { path: 'copy', ours: { letter: 'A', source: 'x' }, hg: { letter: 'A', source: 'y' } },
    { path: 'ours', ours: { letter: '?' }, hg: undefined },
    { path: 'status', ours: { letter: 'M' }, hg: { letter: 'C' } },
    { path: 'theirs', ours: undefined, hg: { letter: 'I' } },
  ]);
});

test('a difference that was there for a moment only is dropped', () => {
  const stays = { path: p('a'), ours: { letter: 'M' }, hg: { letter: 'C' } };
  const passes = { path: p('b'), ours: { letter: '?' }, hg: undefined };
  const other = { path: p('b'), ours: { letter: 'I' }, hg: undefined };
  assert.deepEqual(inBoth([stays, passes], [other, stays]), [stays]);
});
