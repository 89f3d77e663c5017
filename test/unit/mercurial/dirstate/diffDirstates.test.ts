import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeV1 } from '../../../../src/mercurial/dirstate/decodeV1.ts';
import { decodeDocket, decodeV2 } from '../../../../src/mercurial/dirstate/decodeV2.ts';
import { diffDirstates } from '../../../../src/mercurial/dirstate/diffDirstates.ts';
import { Dirstate } from '../../../../src/mercurial/dirstate/dirstate.ts';
import {
  encodeV1,
  encodeV2,
  NULL,
  P1,
  type V1Entry,
  type V2Files,
  type V2Node,
} from '../../../support/dirstateBytes.ts';

const traits = { executableBit: true, symlinks: true };

function v1(entries: readonly V1Entry[], p1 = P1): Dirstate {
  const table = decodeV1(encodeV1(entries), { file: 'dirstate', windowsNames: false });
  return new Dirstate(table, { p1, p2: NULL, format: 'v1', identity: undefined, traits });
}

function v2(files: V2Files): Dirstate {
  const docket = decodeDocket(files.docket, 'dirstate');
  const table = decodeV2(files.data.subarray(0, docket.usedSize), docket, { file: 'data', windowsNames: false });
  return new Dirstate(table, { ...docket, format: 'v2', identity: undefined, traits });
}

function difference(before: Dirstate, after: Dirstate): string[] {
  const paths: string[] = [];
  diffDirstates(before, after, path => paths.push(path));
  return paths.sort();
}

const BASE: readonly V1Entry[] = [
  { state: 'n', size: 1, mtime: 10, path: 'a' },
  { state: 'n', size: 2, mtime: 10, path: 'd/e/f' },
  { state: 'n', size: 3, mtime: 10, path: 'd/g', copy: 'a' },
  { state: 'a', path: 'z', copy: 'a' },
];

function changed(path: string, change: Partial<V1Entry>): Dirstate {
  return v1(BASE.map(entry => (entry.path === path ? { ...entry, ...change } : entry)));
}

describe('difference of two dirstates', () => {
  test('of the same entries, in any order, is nothing', () => {
    assert.deepEqual(difference(v1(BASE), v1(BASE)), []);
    assert.deepEqual(difference(v1(BASE), v1([...BASE].reverse())), []);
    assert.deepEqual(difference(v1([]), v1([])), []);
  });

  const changes: [string, Partial<V1Entry>][] = [
    ['a', { size: 9 }],
    ['a', { mtime: 11 }],
    ['a', { mode: 0o100755 }],
    ['a', { state: 'r', size: 0 }],
    ['d/e/f', { size: -1 }],
    ['d/e/f', { size: -2 }],
    ['d/g', { copy: 'z' }],
    ['d/g', { copy: 'ab' }],
    ['z', { state: 'm' }],
  ];
  for (const [path, change] of changes) {
    test(`is ${path} after ${JSON.stringify(change)}`, () => {
      assert.deepEqual(difference(v1(BASE), changed(path, change)), [path]);
      assert.deepEqual(difference(changed(path, change), v1(BASE)), [path]);
    });
  }

  test('has what is in one of them only, with all that is below', () => {
    const without = v1(BASE.filter(entry => !entry.path.startsWith('d')));
    assert.deepEqual(difference(v1(BASE), without), ['d/e/f', 'd/g']);
    assert.deepEqual(difference(without, v1(BASE)), ['d/e/f', 'd/g']);
    const asFile = v1([...BASE.filter(entry => !entry.path.startsWith('d')), { state: 'n', path: 'd' }]);
    assert.deepEqual(difference(v1(BASE), asFile), ['d', 'd/e/f', 'd/g']);
  });

  test('does not care for fields that mean nothing', () => {
    assert.deepEqual(difference(v1(BASE), changed('z', { size: 5, mtime: 7, mode: 1 })), []);
  });

  test('has the copies when the first parent comes or goes, as they are shown only with one', () => {
    assert.deepEqual(difference(v1(BASE), v1(BASE, NULL)), ['d/g', 'z']);
  });

  test('is the same for both formats', () => {
    const nodes: V2Node[] = [
      { path: 'a', flags: 0x403 | 0x800, size: 1, seconds: 10 },
      { path: 'd/e/f', flags: 0x403 | 0x800, size: 2, seconds: 10 },
      { path: 'd/g', flags: 0x403 | 0x800, size: 3, seconds: 10, copy: 'a' },
      { path: 'z', flags: 1, copy: 'a' },
    ];
    assert.deepEqual(difference(v1(BASE), v2(encodeV2(nodes))), []);
    assert.deepEqual(difference(v2(encodeV2([...nodes, { path: 'd/e/new', flags: 1 }])), v1(BASE)), ['d/e/new']);
  });

  test('of two states of one data file leaves out what both have at one place', () => {
    // What was appended for the second state: root nodes that share the old directory `d`, and another `a`.
    const first = encodeV2([
      { path: 'a', flags: 3 },
      { path: 'd/e/f', flags: 3 },
      { path: 'd/g', flags: 3 },
    ]);
    const rootAt = first.data.length - 88;
    const root = Buffer.from(first.data.subarray(rootAt));
    root.writeUInt16BE(2, 30);
    const data = Buffer.concat([first.data, root]);
    const docket = Buffer.from(first.docket);
    docket.writeUInt32BE(first.data.length, 76);
    docket.writeUInt32BE(data.length, 120);
    const before = v2(first);
    const after = v2({ docket, data });
    assert.deepEqual(difference(before, after), ['a']);

    // The same place means the same only if the bytes before it are the same.
    const other = Buffer.from(data);
    const g = other.readUInt32BE(rootAt + 44 + 14) + 44;
    assert.equal(other.readUInt16BE(g + 30), 3);
    other.writeUInt16BE(1, g + 30);
    assert.deepEqual(difference(before, v2({ docket, data: other })), ['a', 'd/g']);
    // And in a data file of another name nothing is concluded from places.
    const renamed = Buffer.from(docket);
    renamed.write('ffffffff', 125, 'latin1');
    assert.deepEqual(difference(before, v2({ docket: renamed, data })), ['a']);
  });

  test('is the symmetric difference of any two sets of entries', () => {
    const component = fc.constantFrom('a', 'b', 'a.b', 'a-');
    const path = fc.array(component, { minLength: 1, maxLength: 4 }).map(parts => parts.join('/'));
    const entries = fc.dictionary(path, fc.constantFrom('n', 'a', 'r', 'm'), { maxKeys: 30 });
    fc.assert(
      fc.property(entries, entries, (one, two) => {
        const expected = [...new Set([...Object.keys(one), ...Object.keys(two)])].filter(p => one[p] !== two[p]).sort();
        const dirstate = (from: Record<string, string>): Dirstate =>
          v1(Object.entries(from).map(([p, state]) => ({ path: p, state })));
        assert.deepEqual(difference(dirstate(one), dirstate(two)), expected);
      }),
      { numRuns: 300 },
    );
  });
});
