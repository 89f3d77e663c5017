import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { QuicksilverError } from '../../../../src/base/errors.ts';
import { bytePath } from '../../../../src/base/bytePath.ts';
import { decodeV1 } from '../../../../src/mercurial/dirstate/decodeV1.ts';
import { Dirstate } from '../../../../src/mercurial/dirstate/dirstate.ts';
import { encodeV1, NULL, P1, type V1Entry } from '../../../support/dirstateBytes.ts';
import { agreeOnV1 } from '../../../support/nativeDecoders.ts';

const rules = { file: 'dirstate', windowsNames: false };

function decode(entries: readonly V1Entry[], p1 = P1): Dirstate {
  return new Dirstate(decodeV1(encodeV1(entries), rules), {
    p1,
    p2: NULL,
    format: 'v1',
    identity: undefined,
    traits: { executableBit: true, symlinks: true },
  });
}

/** The tree as text: a line per node in the order of the walk, directories with a slash, entries with their kind. */
function outline(dirstate: Dirstate): string[] {
  const lines: string[] = [];
  const walk = (node: number): void => {
    for (let i = 0; i < dirstate.childCount(node); i++) {
      const child = dirstate.firstChild(node) + i;
      const slash = dirstate.childCount(child) > 0 ? '/' : '';
      lines.push(`${dirstate.path(child)}${slash} ${dirstate.kind(child)}`);
      assert.equal(dirstate.find(dirstate.path(child)), child);
      assert.equal(dirstate.path(child).split('/').at(-1), dirstate.name(child));
      walk(child);
    }
  };
  walk(dirstate.root);
  return lines;
}

function assertCorrupt(bytes: Buffer, message: RegExp, windowsNames = false): void {
  assert.throws(
    () => decodeV1(bytes, { file: 'dirstate', windowsNames }),
    (error: unknown) => {
      assert.ok(error instanceof QuicksilverError);
      assert.equal(error.code, 'corrupt');
      assert.match(error.message, message);
      return true;
    },
  );
}

/** The decoders in JavaScript and in native code refuse the tree. */
function assertUnsupported(entries: readonly V1Entry[], message: RegExp): void {
  const bytes = encodeV1(entries);
  assert.throws(() => decodeV1(bytes, rules), { name: 'QuicksilverError', code: 'unsupported', message });
  assert.ok(!agreeOnV1(bytes));
}

describe('dirstate version 1: the tree', () => {
  test('has directories that are not listed, children ordered by bytes', () => {
    const dirstate = decode([
      { state: 'n', path: 'b/z/1' },
      { state: 'n', path: 'b.txt' },
      { state: 'n', path: 'b/a' },
      { state: 'n', path: 'a' },
      { state: 'n', path: 'b/z/\xff' },
      { state: 'n', path: 'b/z/0' },
    ]);
    assert.deepEqual(outline(dirstate), [
      'a tracked',
      'b/ none',
      'b/a tracked',
      'b/z/ none',
      'b/z/0 tracked',
      'b/z/1 tracked',
      'b/z/\xff tracked',
      'b.txt tracked',
    ]);
    assert.equal(dirstate.entryCount, 6);
    assert.equal(dirstate.nodeCount, 9);
  });

  test('has a node that is a removed file and a directory', () => {
    const dirstate = decode([
      { state: 'n', path: 'd/f' },
      { state: 'r', path: 'd' },
    ]);
    assert.deepEqual(outline(dirstate), ['d/ removed', 'd/f tracked']);
    assert.equal(dirstate.nodeCount, 3);
  });

  test('finds only what is there', () => {
    const dirstate = decode([
      { state: 'n', path: 'ab/c' },
      { state: 'n', path: 'abc' },
    ]);
    assert.equal(dirstate.find(bytePath('')), dirstate.root);
    for (const path of ['a', 'ab/', 'ab/c/', 'ab/c/d', 'ab/d', 'abcd', '/', '/ab', 'ab//c']) {
      assert.equal(dirstate.find(bytePath(path)), -1, path);
    }
  });

  test('takes the later of two entries of one path, and keeps an earlier copy source', () => {
    const dirstate = decode([
      { state: 'n', path: 'a', copy: 'x' },
      { state: 'n', path: 'b' },
      { state: 'a', path: 'a', copy: 'y' },
      { state: 'r', path: 'b' },
      { state: 'm', path: 'a' },
    ]);
    assert.deepEqual(outline(dirstate), ['a changed', 'b removed']);
    assert.equal(dirstate.copySource(dirstate.find(bytePath('a'))), 'y');
    assert.equal(dirstate.entryCount, 2);
  });

  test('of nothing but a header is a root without children', () => {
    const dirstate = decode([]);
    assert.equal(dirstate.nodeCount, 1);
    assert.equal(dirstate.entryCount, 0);
    assert.equal(dirstate.childCount(dirstate.root), 0);
    assert.equal(dirstate.kind(dirstate.root), 'none');
    assert.deepEqual([...dirstate.entries()], []);
  });

  test('is the same for every order of the entries', () => {
    const component = fc.stringMatching(/^[a-c.]{1,3}$/).filter(name => name !== '.' && name !== '..');
    const path = fc.array(component, { minLength: 1, maxLength: 5 }).map(parts => parts.join('/'));
    const sets = fc.uniqueArray(path, { maxLength: 60 });
    fc.assert(
      fc.property(
        sets.chain(paths => fc.tuple(fc.constant(paths), fc.shuffledSubarray(paths, { minLength: paths.length }))),
        ([paths, shuffled]) => {
          const dirstate = decode(shuffled.map(p => ({ state: 'n', path: p })));
          const expected = new Set<string>();
          for (const p of paths)
            for (let s = p; s !== ''; s = s.slice(0, Math.max(0, s.lastIndexOf('/')))) expected.add(s);
          // Ordering whole paths with '/' below every other byte is ordering each directory's children by name.
          const order = (p: string): string => p.replaceAll('/', '\0');
          const sorted = [...expected].sort((a, b) => (order(a) < order(b) ? -1 : 1));
          assert.deepEqual(
            outline(dirstate).map(line => line.replace(/\/? \w+$/, '')),
            sorted,
          );
          assert.deepEqual([...dirstate.entries()].map(node => dirstate.path(node)).sort(), [...paths].sort());
        },
      ),
      { numRuns: 300 },
    );
  });

  test('has many directories of one name', () => {
    const entries: V1Entry[] = [];
    for (let i = 0; i < 5000; i++) entries.push({ state: 'n', path: `${(i * 7919) % 5000}/src/${i % 3}/index` });
    const dirstate = decode(entries);
    assert.equal(dirstate.entryCount, 5000);
    assert.equal(dirstate.nodeCount, 1 + 5000 * 4);
    outline(dirstate);
  });
});

describe('dirstate version 1: what an entry says', () => {
  const cases: [V1Entry, string][] = [
    [{ state: 'a', size: -1, mtime: -1, path: 'f' }, 'added'],
    [{ state: 'a', size: 6, mtime: 5, path: 'f' }, 'added'],
    [{ state: 'm', size: -2, mtime: -1, path: 'f' }, 'changed'],
    [{ state: 'm', size: 6, mtime: 5, path: 'f' }, 'changed'],
    [{ state: 'n', size: -2, mtime: -1, path: 'f' }, 'changed'],
    [{ state: 'n', size: -1, mtime: -1, path: 'f' }, 'tracked'],
    [{ state: 'n', size: 6, mtime: 5, path: 'f' }, 'tracked'],
    [{ state: 'r', size: 0, mtime: 0, path: 'f' }, 'removed'],
    [{ state: 'r', size: -1, mtime: 0, path: 'f' }, 'removed'],
    [{ state: 'r', size: -2, mtime: 0, path: 'f' }, 'removed'],
  ];
  for (const [entry, kind] of cases) {
    test(`${entry.state} ${entry.size} is ${kind}`, () => {
      const dirstate = decode([entry]);
      assert.equal(dirstate.kind(1), kind);
      assert.equal(dirstate.isTracked(1), entry.state !== 'r');
      assert.equal(dirstate.isFromOtherParent(1), entry.state === 'n' && entry.size === -2);
      assert.equal(dirstate.isMerged(1), entry.state === 'm');
      assert.equal(dirstate.directoryMtime(1), undefined);
    });
  }

  const stat = (size: number, mtimeSeconds: number, executable = false) => ({
    kind: 'file' as const,
    size,
    executable,
    mtimeSeconds,
    mtimeNanoseconds: 5,
    ctimeNs: 0n,
    inode: 0n,
    device: 0n,
    uid: 0,
    gid: 0,
  });
  const verdicts: [string, V1Entry, ReturnType<typeof stat>, string][] = [
    ['all equal', { state: 'n', size: 6, mtime: 100, path: 'f' }, stat(6, 100), 'clean'],
    ['size 2 GiB more', { state: 'n', size: 6, mtime: 100, path: 'f' }, stat(6 + 2 ** 31, 100), 'clean'],
    ['size 4 GiB more', { state: 'n', size: 6, mtime: 100, path: 'f' }, stat(6 + 2 ** 32, 100), 'clean'],
    ['a time 2^31 s later', { state: 'n', size: 6, mtime: 100, path: 'f' }, stat(6, 100 + 2 ** 31), 'clean'],
    ['a time before 1970', { state: 'n', size: 6, mtime: 0x7ffffffc, path: 'f' }, stat(6, -4), 'clean'],
    ['another size', { state: 'n', size: 6, mtime: 100, path: 'f' }, stat(7, 100), 'modified'],
    ['executable on disk', { state: 'n', size: 6, mtime: 100, path: 'f' }, stat(6, 100, true), 'modified'],
    ['executable in entry', { state: 'n', mode: 0o100755, size: 6, mtime: 100, path: 'f' }, stat(6, 100), 'modified'],
    ['not the owner', { state: 'n', mode: 0o100611, size: 6, mtime: 100, path: 'f' }, stat(6, 100), 'clean'],
    ['another time', { state: 'n', size: 6, mtime: 100, path: 'f' }, stat(6, 101), 'unsure'],
    ['no time', { state: 'n', size: 6, mtime: -1, path: 'f' }, stat(6, 100), 'unsure'],
    ['a negative time', { state: 'n', size: 6, mtime: 100 - 2 ** 31, path: 'f' }, stat(6, 100), 'unsure'],
    ['a negative time, and that one', { state: 'n', size: 6, mtime: -5, path: 'f' }, stat(6, -5), 'unsure'],
    ['no time, another size', { state: 'n', size: 6, mtime: -1, path: 'f' }, stat(7, 100), 'modified'],
    ['no size', { state: 'n', size: -1, mtime: 100, path: 'f' }, stat(7, 100), 'unsure'],
    ['no size, executable', { state: 'n', size: -1, mtime: 100, path: 'f' }, stat(7, 100, true), 'unsure'],
    ['an odd size', { state: 'n', size: -3, mtime: 100, path: 'f' }, stat(7, 100), 'clean'],
    ['a copy', { state: 'n', size: 6, mtime: 100, path: 'f', copy: 'g' }, stat(6, 100), 'modified'],
    ['a copy without size', { state: 'n', size: -1, mtime: -1, path: 'f', copy: 'g' }, stat(6, 100), 'modified'],
  ];
  for (const [name, entry, file, verdict] of verdicts) {
    test(`${name}: ${verdict}`, () => assert.equal(decode([entry]).compareStat(1, file), verdict));
  }

  test('a copy source is shown for what is tracked, and never without a first parent', () => {
    const entries: V1Entry[] = [
      { state: 'a', path: 'a', copy: 'x\xe9' },
      { state: 'n', path: 'b', copy: 'y' },
      { state: 'r', path: 'c', copy: 'z' },
      { state: 'a', path: 'd' },
    ];
    const shown = (p1: string): unknown[] => {
      const dirstate = decode(entries, p1);
      return ['a', 'b', 'c', 'd'].map(path => dirstate.copySource(dirstate.find(bytePath(path))));
    };
    assert.deepEqual(shown(P1), ['x\xe9', 'y', undefined, undefined]);
    assert.deepEqual(shown(NULL), [undefined, undefined, undefined, undefined]);
  });
});

describe('dirstate version 1: damage', () => {
  test('cut anywhere inside an entry is corrupt, between entries is a shorter dirstate', () => {
    const bytes = encodeV1([
      { state: 'n', path: 'd/one' },
      { state: 'a', path: 'd/two', copy: 'd/one' },
    ]);
    const whole = new Map([
      [40, 0],
      [40 + 17 + 5, 1],
      [bytes.length, 2],
    ]);
    for (let length = 40; length <= bytes.length; length++) {
      const count = whole.get(length);
      if (count === undefined) assertCorrupt(bytes.subarray(0, length), /truncated/);
      else assert.equal(decodeV1(bytes.subarray(0, length), rules).entryCount, count);
    }
  });

  for (const path of ['', '..', '.', '../x', 'a/../b', './a', 'a/.', '/etc/passwd', 'a//b', 'a/', '.hg', '.hg/hgrc']) {
    test(`the path ${JSON.stringify(path)} is refused`, () => {
      assertCorrupt(encodeV1([{ state: 'n', path }]), /cannot be part of a tracked file's path/);
    });
  }

  for (const path of ['.hgx', '.h', '...', '..a', 'a/.hg', '.HG', 'a\\b', 'a:b', '\n', ' ', '.hgignore', 'a/.hg/b']) {
    test(`the path ${JSON.stringify(path)} is accepted`, () => {
      assert.equal(decode([{ state: 'n', path }]).entryCount, 1);
    });
  }

  test('on Windows, names that lead elsewhere are refused', () => {
    for (const path of ['..\\x', 'C:x', 'a/b\\c', 'a/b:stream', 'a\\b/c']) {
      assertCorrupt(encodeV1([{ state: 'n', path }]), /cannot be part/, true);
    }
    assert.equal(decodeV1(encodeV1([{ state: 'n', path: 'a/b' }]), { file: 'x', windowsNames: true }).entryCount, 1);
  });

  test('an unknown state, a negative length and an absurd length are refused', () => {
    assertCorrupt(encodeV1([{ state: '?', path: 'a' }]), /unknown state "\?"/);
    for (const length of [-1, -0x80000000, 0x7fffffff]) {
      const bytes = encodeV1([{ state: 'n', path: 'a' }]);
      bytes.writeInt32BE(length, 53);
      assertCorrupt(bytes, /wrong length/);
    }
  });

  test('a path or copy source longer than any file system allows is refused', () => {
    const directories = 'd/'.repeat(2047);
    for (const path of ['x'.repeat(0x10000), directories + 'x'.repeat(0x10000 - 4094)]) {
      assertCorrupt(encodeV1([{ state: 'n', path }]), /more than 65535 bytes/);
      assertCorrupt(encodeV1([{ state: 'n', path: 'a', copy: path }]), /more than 65535 bytes/);
    }
    const longest = directories + 'x'.repeat(0xffff - 4094);
    const dirstate = decode([
      { state: 'n', path: longest },
      { state: 'n', path: 'd/e' },
      { state: 'n', path: longest.slice(0, -1) + 'y' },
    ]);
    assert.equal(dirstate.nodeCount, 1 + 2047 + 3);
    assert.equal(dirstate.path(dirstate.find(bytePath(longest))), longest);
  });

  test('a tree beyond the limits for its size is refused', () => {
    const one = (path: string): V1Entry => ({ state: 'n', path });
    const deep = (depth: number): V1Entry => one(`${'d/'.repeat(depth)}f`);
    assert.ok(agreeOnV1(encodeV1([deep(2048)])));
    assertUnsupported([deep(2049)], /the entry at byte 40 is more than 2048 directories deep/);
    const numbered = (count: number, path: (i: string) => string): V1Entry[] =>
      Array.from({ length: count }, (_, i) => one(path(i.toString(36))));
    assertUnsupported(
      numbered(400_000, i => i),
      /has 400000 entries; at most \d+ fit/,
    );
    assertUnsupported(
      numbered(120_000, i => `${i}/f`),
      /name \d+ directories .* too many/,
    );
    assertUnsupported(
      numbered(20, i => `${i}/${'d/'.repeat(2000)}f`),
      /name \d+ directories with paths of \d+ bytes/,
    );
    // Those of ordinary repositories are far away from them.
    assert.ok(agreeOnV1(encodeV1(numbered(100_000, i => `source/module-${i.slice(-2)}/component/file-${i}.ts`))));
  });

  test('any bytes give a tree or a corrupt error', () => {
    const valid = encodeV1([
      { state: 'n', path: 'd/one', size: 5, mtime: 7 },
      { state: 'a', path: 'd/e/two', copy: 'd/one' },
      { state: 'r', path: 'd' },
    ]);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(valid.length - 41), fc.nat(255)), { maxLength: 6 }), changes => {
        const bytes = Buffer.from(valid);
        for (const [at, byte] of changes) bytes[40 + at] = byte;
        try {
          const table = decodeV1(bytes, rules);
          assert.ok(table.entryCount <= 3 && table.nodeCount <= bytes.length);
        } catch (error) {
          assert.ok(error instanceof QuicksilverError && error.code === 'corrupt', String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
