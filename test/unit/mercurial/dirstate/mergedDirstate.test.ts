// One dirstate of two, for repositories with large files: which entry wins, what is hidden, and hostile pairs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeV1 } from '../../../../src/mercurial/dirstate/decodeV1.ts';
import { Dirstate } from '../../../../src/mercurial/dirstate/dirstate.ts';
import { mergedDirstate } from '../../../../src/mercurial/dirstate/mergedDirstate.ts';
import { P1, encodeV1, type V1Entry } from '../../../support/dirstateBytes.ts';

const TRAITS = { executableBit: true, symlinks: true };

function dirstate(entries: readonly V1Entry[]): Dirstate {
  const table = decodeV1(encodeV1([...entries]), { file: 'dirstate', windowsNames: false });
  const p2 = '0'.repeat(40);
  return new Dirstate(table, { p1: P1, p2, format: 'v1', identity: undefined, traits: TRAITS });
}

function kinds(main: readonly V1Entry[], large: readonly V1Entry[] | undefined): Record<string, string> {
  const merged = mergedDirstate(dirstate(main), large && dirstate(large), '.hglf', undefined);
  return Object.fromEntries([...merged.entries()].map(node => [merged.path(node), merged.kind(node)]));
}

test('stand-ins are left out, and large files come in', () => {
  const main: V1Entry[] = [
    { state: 'n', path: 'a' },
    { state: 'n', path: '.hglf/d/big' },
    { state: 'r', path: 'gone' },
    { state: 'a', path: 'kept' },
  ];
  const large: V1Entry[] = [
    { state: 'a', path: 'd/big' },
    { state: 'n', path: 'gone' },
    { state: 'r', path: 'kept' },
  ];
  assert.deepEqual(kinds(main, large), { a: 'tracked', 'd/big': 'added', gone: 'tracked', kept: 'added' });
});

test('without a second dirstate each tracked stand-in counts; a lost entry does, too', () => {
  const main: V1Entry[] = [
    { state: 'n', path: '.hglf/big' },
    { state: 'r', path: '.hglf/old' },
  ];
  assert.deepEqual(kinds(main, undefined), { big: 'tracked' });
  assert.deepEqual(kinds(main, []), { big: 'tracked', old: 'tracked' });
});

test('a path that both track is rejected by name', () => {
  const both: V1Entry[] = [{ state: 'n', path: 'a' }];
  assert.throws(() => kinds(both, both), { code: 'unsupported', message: /^a is recorded twice/ });
});

test('a stand-in for a path that no file can have is rejected', () => {
  for (const name of ['.hg/x', '../x', 'a//b']) {
    assert.throws(() => kinds([{ state: 'n', path: `.hglf/${name}` }], undefined), { code: 'corrupt' }, name);
  }
});
