import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { bytePath } from '../../../../src/base/bytePath.ts';
import { QuicksilverError } from '../../../../src/base/errors.ts';
import { decodeDocket, decodeV2 } from '../../../../src/mercurial/dirstate/decodeV2.ts';
import { Dirstate } from '../../../../src/mercurial/dirstate/dirstate.ts';
import type { NodeTable } from '../../../../src/mercurial/dirstate/nodeTable.ts';
import { NODE, encodeDocket, encodeV2, P1, P2, type V2Files, type V2Node } from '../../../support/dirstateBytes.ts';
import { agreeOnV2 } from '../../../support/nativeDecoders.ts';

const TRACKED = 0x3;
const CLEAN = TRACKED | 0x400 | 0x800;

function table(files: V2Files): NodeTable {
  const docket = decodeDocket(files.docket, 'dirstate');
  return decodeV2(files.data.subarray(0, docket.usedSize), docket, { file: 'data', windowsNames: false });
}

function decode(files: V2Files): Dirstate {
  const docket = decodeDocket(files.docket, 'dirstate');
  return new Dirstate(table(files), {
    ...docket,
    format: 'v2',
    identity: undefined,
    traits: { executableBit: true, symlinks: true },
  });
}

function outline(dirstate: Dirstate): string[] {
  const lines: string[] = [];
  const walk = (node: number): void => {
    for (let i = 0; i < dirstate.childCount(node); i++) {
      const child = dirstate.firstChild(node) + i;
      lines.push(`${dirstate.path(child)} ${dirstate.kind(child)}`);
      assert.equal(dirstate.find(dirstate.path(child)), child);
      walk(child);
    }
  };
  walk(dirstate.root);
  return lines;
}

function assertCorrupt(action: () => unknown, message: RegExp): void {
  assert.throws(action, (error: unknown) => {
    assert.ok(error instanceof QuicksilverError);
    assert.equal(error.code, 'corrupt');
    assert.match(error.message, message);
    return true;
  });
}

/** The decoders in JavaScript and in native code refuse the tree. */
function assertUnsupported(files: V2Files, message: RegExp): void {
  assert.throws(() => table(files), { name: 'QuicksilverError', code: 'unsupported', message });
  const docket = decodeDocket(files.docket, 'dirstate');
  assert.ok(!agreeOnV2(files.data.subarray(0, docket.usedSize), docket));
}

const NODES: readonly V2Node[] = [
  { path: 'a', flags: CLEAN, size: 3, seconds: 100, nanoseconds: 5 },
  { path: 'd', flags: 0x2, size: 9 },
  { path: 'd/e/f', flags: 0x1, copy: 'a' },
  { path: 'd/e/g', flags: 0x7 },
  { path: 'd.x', flags: 0x5 },
  { path: 'z', flags: 0x4 },
  { path: 'gone', flags: 0 },
];
const OUTLINE = [
  'a tracked',
  'd removed',
  'd/e none',
  'd/e/f added',
  'd/e/g changed',
  'd.x changed',
  'gone none',
  'z removed',
];

describe('dirstate version 2: the tree', () => {
  test('is read with parents, ignore hash and entries', () => {
    const ignoreHash = Buffer.alloc(20, 0xab);
    const dirstate = decode(encodeV2(NODES, { p2: P2, ignoreHash }));
    assert.deepEqual(outline(dirstate), OUTLINE);
    assert.equal(dirstate.entryCount, 6);
    assert.equal(dirstate.nodeCount, 9);
    assert.equal(dirstate.p1, P1);
    assert.equal(dirstate.p2, P2);
    assert.equal(dirstate.isMerge, true);
    assert.deepEqual(dirstate.ignoreHash, Uint8Array.from(ignoreHash));
    assert.equal(dirstate.copySource(dirstate.find(bytePath('d/e/f'))), 'a');
    assert.equal(dirstate.isFromOtherParent(dirstate.find(bytePath('d.x'))), true);
    assert.equal(dirstate.isMerged(dirstate.find(bytePath('d/e/g'))), true);
    assert.equal(dirstate.isMerged(dirstate.find(bytePath('d.x'))), false);
  });

  test('may lie anywhere in the file, with anything around it', () => {
    const options = { prefix: Buffer.alloc(77, 0xff), suffix: Buffer.alloc(99, 0xff) };
    assert.deepEqual(outline(decode(encodeV2(NODES, options))), OUTLINE);
  });

  test('is sorted if it is not', () => {
    assert.deepEqual(outline(decode(encodeV2(NODES, { unsorted: true }))), OUTLINE);
  });

  test('has one node where the file has an entry and a directory of one name', () => {
    // d (entry), d.x, d (directory with x): the order in which whole paths sort.
    const files = encodeV2([
      { path: 'd', flags: 0x1 },
      { path: 'd.x', flags: TRACKED },
      { path: 'e', flags: 0x2000 },
      { path: 'e/x', flags: 0x2, size: 7 },
    ]);
    const name = files.data.lastIndexOf('e', files.data.length - 3 * NODE - 1);
    assert.equal(files.data.toString('latin1', name, name + 1), 'e');
    files.data.write('d', files.data.indexOf('e/x'), 'latin1');
    files.data.write('d', name, 'latin1');
    const dirstate = decode(files);
    assert.deepEqual(outline(dirstate), ['d added', 'd/x removed', 'd.x tracked']);
    assert.equal(dirstate.nodeCount, 4);
    assert.equal(dirstate.entryCount, 3);
  });

  test('of an empty data file is a root', () => {
    const dirstate = decode({
      docket: encodeDocket({ rootOffset: 0, rootCount: 0, used: 0, id: '' }),
      data: Buffer.alloc(0),
    });
    assert.equal(dirstate.nodeCount, 1);
    assert.equal(dirstate.entryCount, 0);
  });

  test('tells the cached time of a directory only if it says all of its three things', () => {
    const at = (flags: number): unknown => {
      const dirstate = decode(encodeV2([{ path: 'd', flags, seconds: 5, nanoseconds: 7 }]));
      return dirstate.directoryMtime(1);
    };
    assert.deepEqual(at(0x6800), { seconds: 5, nanoseconds: 7, ambiguous: false });
    assert.deepEqual(at(0x7800), { seconds: 5, nanoseconds: 7, ambiguous: true });
    for (const flags of [0x2800, 0x4800, 0x6000, 0x0800, 0]) assert.equal(at(flags), undefined);
  });

  test('has no size and no time where they have more than 31 bits', () => {
    const { table: nodes } = decode(
      encodeV2([
        { path: 'a', flags: CLEAN, size: 0x80000006, seconds: 0x80000005, nanoseconds: 7 },
        { path: 'b', flags: CLEAN, size: 0x7fffffff, seconds: 0x7fffffff, nanoseconds: 7 },
      ]),
    );
    assert.deepEqual([...nodes.flags], [0, TRACKED, CLEAN]);
    assert.deepEqual([...nodes.size], [0, 0, 0x7fffffff]);
    assert.deepEqual([...nodes.mtimeSeconds], [0, 0, 0x7fffffff]);
    assert.deepEqual([...nodes.mtimeNanoseconds], [0, 0, 7]);
  });

  test('is what was written, for any set of paths', () => {
    const component = fc.stringMatching(/^[a-c.]{1,3}$/).filter(name => name !== '.' && name !== '..');
    const path = fc.array(component, { minLength: 1, maxLength: 5 }).map(parts => parts.join('/'));
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 40 }), fc.boolean(), (paths, unsorted) => {
        const dirstate = decode(
          encodeV2(
            paths.map(p => ({ path: p, flags: TRACKED })),
            { unsorted },
          ),
        );
        outline(dirstate);
        assert.deepEqual([...dirstate.entries()].map(node => dirstate.path(node)).sort(), [...paths].sort());
      }),
      { numRuns: 200 },
    );
  });
});

describe('dirstate version 2: damage', () => {
  const files = encodeV2([
    { path: 'a', flags: TRACKED },
    { path: 'd/f', flags: TRACKED },
  ]);
  /** The root's two nodes are the last in the file. */
  const rootAt = files.data.length - 2 * NODE;
  const directoryAt = rootAt + NODE;
  const fileAt = files.data.readUInt32BE(directoryAt + 14);

  const changes: [string, (data: Buffer) => void, RegExp][] = [
    ['children outside', data => data.writeUInt32BE(data.length - 10, directoryAt + 14), /lie outside/],
    ['children far outside', data => data.writeUInt32BE(0xffffffff, directoryAt + 14), /lie outside/],
    ['an absurd count', data => data.writeUInt32BE(0xffffffff, directoryAt + 18), /lie outside/],
    ['a cycle', data => data.writeUInt32BE(rootAt, directoryAt + 14), /does not follow its directory's path/],
    ['a path outside', data => data.writeUInt32BE(data.length, fileAt), /path outside/],
    ['a copy source outside', data => data.writeUInt32BE(0xffffffff, fileAt + 8), /path outside/],
    ['a name that starts elsewhere', data => data.writeUInt16BE(1, fileAt + 6), /does not follow/],
    ['a name of no bytes', data => data.writeUInt16BE(2, fileAt + 4), /cannot be part/],
    ['a path shorter than its directory', data => data.writeUInt16BE(1, fileAt + 4), /does not follow/],
    ['a path below another directory', data => data.write('e', data.indexOf('d/f'), 'latin1'), /not below/],
    ['a slash in a name', data => data.write('/', data.indexOf('d/f') + 2, 'latin1'), /cannot be part/],
    ['a NUL in a name', data => (data[data.indexOf('d/f') + 2] = 0), /cannot be part/],
    ['a dot as a name', data => (data[data.indexOf('d/f') + 2] = 0x2e), /cannot be part/],
  ];
  for (const [name, change, message] of changes) {
    test(`${name} is corrupt`, () => {
      const data = Buffer.from(files.data);
      change(data);
      assertCorrupt(() => table({ docket: files.docket, data }), message);
    });
  }

  test('a directory that is there twice is corrupt', () => {
    const twice = encodeV2([
      { path: 'd/x', flags: TRACKED },
      { path: 'e/x', flags: TRACKED },
    ]);
    const data = Buffer.from(twice.data);
    for (let at = data.indexOf('e'); at >= 0; at = data.indexOf('e', at)) data[at] = 0x64;
    assertCorrupt(() => table({ docket: twice.docket, data }), /a directory is there twice/);
  });

  test('root nodes outside of the used part are corrupt', () => {
    for (const [rootOffset, rootCount] of [
      [files.data.length, 1],
      [0xffffffff, 1],
      [0, 0xffffffff],
    ] as const) {
      const docket = encodeDocket({ rootOffset, rootCount, used: files.data.length });
      assertCorrupt(() => table({ docket, data: files.data }), /lie outside/);
    }
  });

  test('a tree is as deep as Linux takes paths, and no deeper', () => {
    const chain = (depth: number): V2Files => encodeV2([{ path: `${'a/'.repeat(depth)}f`, flags: CLEAN }]);
    assert.equal(decode(chain(2048)).entryCount, 1);
    assertUnsupported(chain(2049), /more than 2048 directories deep/);
  });

  test('paths and copy sources that overlap without end are refused, not slow', () => {
    // Two runs of bytes hold the paths of all directories of a deep chain.
    const depth = 2000;
    const path = Buffer.from(`${'a'.repeat(31)}/`.repeat(depth));
    const chain = Buffer.alloc(depth * NODE);
    const start = path.length * 2;
    for (let i = 0; i < depth; i++) {
      chain.writeUInt32BE(i % 2 === 0 ? 0 : path.length, i * NODE);
      chain.writeUInt16BE(i * 32 + 31, i * NODE + 4);
      chain.writeUInt16BE(i * 32, i * NODE + 6);
      chain.writeUInt32BE(start + (i + 1) * NODE, i * NODE + 14);
      chain.writeUInt32BE(i + 1 < depth ? 1 : 0, i * NODE + 18);
    }
    const data = Buffer.concat([path, path, chain]);
    const docket = encodeDocket({ rootOffset: start, rootCount: 1, used: data.length });
    assertUnsupported({ docket, data }, /overlap/);

    // One run of bytes is the copy source of every file.
    const source = Buffer.from('s'.repeat(0xffff));
    const nodes = Array.from({ length: 400 }, (_, i) => ({ path: `f${i}`, flags: 1, copy: 'x' }));
    const copies = encodeV2(nodes, { prefix: source });
    const at = copies.docket.readUInt32BE(76);
    for (let i = 0; i < nodes.length; i++) {
      copies.data.writeUInt32BE(1, at + i * NODE + 8);
      copies.data.writeUInt16BE(0xfffe, at + i * NODE + 12);
    }
    assertUnsupported(copies, /overlap/);
  });

  test('a docket cut anywhere is corrupt', () => {
    for (let length = 12; length < files.docket.length; length++) {
      assertCorrupt(() => decodeDocket(files.docket.subarray(0, length), 'dirstate'), /lie outside/);
    }
    assert.equal(decodeDocket(files.docket, 'dirstate').dataId, '0123abcd');
    const longer = Buffer.concat([files.docket, Buffer.from('anything')]);
    assert.equal(decodeDocket(longer, 'dirstate').dataId, '0123abcd');
  });

  test('a data file id that is not a plain name is corrupt', () => {
    for (const id of ['../x', 'a/b', 'a\\b', 'a:b', 'a\0', '.', '']) {
      const docket = encodeDocket({ rootOffset: 0, rootCount: 0, used: 44, id });
      assertCorrupt(() => decodeDocket(docket, 'dirstate'), /cannot be the id/);
    }
  });

  test('data cut anywhere is corrupt', () => {
    const docket = decodeDocket(files.docket, 'dirstate');
    for (let length = 0; length < files.data.length; length++) {
      assertCorrupt(
        () => decodeV2(files.data.subarray(0, length), docket, { file: 'data', windowsNames: false }),
        /outside/,
      );
    }
  });

  test('any bytes give a tree or a corrupt error', () => {
    const valid = encodeV2(NODES);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(valid.data.length - 1), fc.nat(255)), { maxLength: 8 }), edits => {
        const data = Buffer.from(valid.data);
        for (const [at, byte] of edits) data[at] = byte;
        try {
          const dirstate = decode({ docket: valid.docket, data });
          assert.ok(dirstate.nodeCount <= data.length / NODE + 1);
          outline(dirstate);
        } catch (error) {
          assert.ok(error instanceof QuicksilverError && error.code === 'corrupt', String(error));
        }
      }),
      { numRuns: 3000 },
    );
  });
});
