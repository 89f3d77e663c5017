// A dirstate of which little has changed is made from the former one: it must be what decoding says, and whatever else
// changed must be left to that.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeV1 } from '../../../../src/mercurial/dirstate/decodeV1.ts';
import { diffDirstates } from '../../../../src/mercurial/dirstate/diffDirstates.ts';
import { Dirstate } from '../../../../src/mercurial/dirstate/dirstate.ts';
import type { NodeTable } from '../../../../src/mercurial/dirstate/nodeTable.ts';
import { patchV1 } from '../../../../src/mercurial/dirstate/patchV1.ts';
import { encodeV1, P1, P2, type V1Entry } from '../../../support/dirstateBytes.ts';

const RULES = { file: 'dirstate', windowsNames: false };
const entry = (path: string, more: Partial<V1Entry> = {}): V1Entry => ({
  state: 'n',
  size: 3,
  mtime: 7,
  path,
  ...more,
});
/** The paths whose entries differ. */
function changedPaths(before: NodeTable, after: NodeTable): string[] {
  const header = { format: 'v1', identity: undefined, traits: { executableBit: true, symlinks: true } } as const;
  const visited: string[] = [];
  diffDirstates(
    new Dirstate(before, { p1: P1, p2: P2, ...header }),
    new Dirstate(after, { p1: P2, p2: P2, ...header }),
    path => visited.push(path),
  );
  return visited;
}
const patch = (before: Buffer, after: Buffer): NodeTable | undefined =>
  patchV1(decodeV1(before, RULES), after, 'dirstate');

const name = fc.constantFrom('a', 'b', 'cc', 'd.e');
const anyPath = fc.array(name, { minLength: 1, maxLength: 3 }).map(names => names.join('/'));
const anyFields = fc.record({
  state: fc.constantFrom('n', 'a', 'r', 'm'),
  mode: fc.constantFrom(0, 0o100644, 0o100755, 0o120777),
  size: fc.constantFrom(-2, -1, 0, 5),
  mtime: fc.constantFrom(-1, 0, 9),
});
const anyEntry = fc.tuple(anyPath, anyFields, fc.option(anyPath, { nil: undefined })).map(([path, fields, copy]) => ({
  path,
  ...fields,
  ...(copy !== undefined && { copy }),
}));

test('states, modes, sizes and times that changed are taken over, and nothing else is accepted', () => {
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 12 }), fc.array(fc.tuple(fc.nat(), anyFields)), (entries, changes) => {
      const changed = [...entries];
      for (const [index, fields] of changes) {
        const at = index % Math.max(1, entries.length);
        if (entries.length > 0) changed[at] = { ...changed[at]!, ...fields };
      }
      const before = encodeV1(entries);
      const after = encodeV1(changed, P2);
      const patched = patch(before, after);
      const paths = entries.map(({ path }) => path);
      if (patched === undefined) assert.notEqual(new Set(paths).size, paths.length);
      else assert.deepEqual(patched, decodeV1(after, RULES));
    }),
  );
});

test('columns that stay the same are not made anew', () => {
  const entries = Array.from({ length: 3000 }, (_, i) => entry(`d${i % 50}/file${i}`));
  const before = decodeV1(encodeV1(entries), RULES);
  entries[1500] = { ...entries[1500]!, size: 4 };
  const after = patchV1(before, encodeV1(entries, P2), 'dirstate')!;
  assert.deepEqual(after, decodeV1(encodeV1(entries, P2), RULES));
  for (const column of ['pathOffset', 'pathLength', 'baseStart', 'firstChild', 'childCount', 'copyOffset'] as const) {
    assert.equal(after[column], before[column]);
  }
  assert.notEqual(after.size, before.size);

  assert.deepEqual(changedPaths(before, after), [entries[1500].path]);
  // Only the parents differ: everything is taken over.
  const again = patchV1(after, encodeV1(entries, P1), 'dirstate')!;
  assert.equal(again.size, after.size);
});

test('many changes here and there, as after an update, are taken over', () => {
  const entries = Array.from({ length: 30_000 }, (_, i) => entry(`directory${i % 500}/some-file-of-it-${i}`));
  const before = decodeV1(encodeV1(entries), RULES);
  const changed = entries.map((each, i) => (i % 300 === 7 ? { ...each, size: 4, mtime: -1 } : each));
  const bytes = encodeV1(changed, P2);
  const after = patchV1(before, bytes, 'dirstate');
  assert.ok(after, 'it was left to the decoder');
  assert.deepEqual(after, decodeV1(bytes, RULES));
  assert.equal(after.pathOffset, before.pathOffset);

  const expected = changed.filter(({ size }) => size === 4).map(({ path }) => path);
  assert.deepEqual(changedPaths(before, after).sort(), expected.sort());
});

test('entries may be longer than what is compared in one go', () => {
  const lengths = fc.array(fc.constantFrom(1, 1500, 2031, 2048, 5000), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(lengths, fc.array(fc.tuple(fc.nat(), anyFields), { maxLength: 6 }), (given, changes) => {
      const entries = given.map((length, i) => entry(`${i}${'x'.repeat(length)}`));
      const changed = [...entries];
      for (const [index, fields] of changes) {
        const at = index % entries.length;
        changed[at] = { ...changed[at]!, ...fields };
      }
      const after = encodeV1(changed, P2);
      const patched = patch(encodeV1(entries), after);
      assert.ok(patched !== undefined || new Set(changes.map(([index]) => index % entries.length)).size > 2);
      if (patched !== undefined) assert.deepEqual(patched, decodeV1(after, RULES));
    }),
  );
});

test('another name, length or number of entries is left to the decoder', () => {
  const before = encodeV1([entry('a/x'), entry('a/y'), entry('b')]);
  const others = [
    [entry('a/x'), entry('a/z'), entry('b')],
    [entry('a/x'), entry('a/y'), entry('bc')],
    [entry('a/x'), entry('a/y')],
    [entry('a/y'), entry('a/x'), entry('b')],
    [entry('a/x'), entry('a/y', { copy: 'q' }), entry('b')],
  ];
  for (const other of others) assert.equal(patch(before, encodeV1(other)), undefined);
  // As long in sum, but the entries begin elsewhere.
  assert.equal(patch(encodeV1([entry('ab'), entry('c')]), encodeV1([entry('a'), entry('bc')])), undefined);
});

test('a change of the copy source alone is left to the decoder', () => {
  const before = encodeV1([entry('a', { copy: 'b' }), entry('c')]);
  assert.equal(patch(before, encodeV1([entry('a', { copy: 'd' }), entry('c')])), undefined);
});

test('an entry that a later one of its path replaces is left to the decoder', () => {
  const before = encodeV1([entry('a'), entry('b'), entry('a', { size: 9 })]);
  assert.equal(patch(before, encodeV1([entry('a', { size: 4 }), entry('b'), entry('a', { size: 9 })])), undefined);
  const changed = encodeV1([entry('a'), entry('b'), entry('a', { size: 8 })]);
  assert.deepEqual(patch(before, changed), decodeV1(changed, RULES));
});

test('a damaged file is no less damaged for being similar', () => {
  const entries = Array.from({ length: 100 }, (_, i) => entry(`f${i}`));
  const before = encodeV1(entries);
  const badState = Buffer.from(before);
  badState[40] = 0x7a;
  assert.throws(() => patch(before, badState), { code: 'corrupt', message: /unknown state "z"/ });
  for (const length of [-1, 0x7fff_ffff, 1]) {
    const badLength = Buffer.from(before);
    badLength.writeInt32BE(length, 40 + 13);
    assert.equal(patch(before, badLength), undefined);
  }
});
