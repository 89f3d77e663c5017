import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { Vfs } from '../../../../src/files/vfs.ts';
import { emptyCounters, type StoreCounters } from '../../../../src/mercurial/store/counters.ts';
import { Revlog } from '../../../../src/mercurial/store/revlog.ts';
import {
  delta,
  literal,
  makeRevlog,
  nodeOf,
  temporaryDirectory,
  writeRevlog,
  zlib,
  type Revision,
} from './revlogWriter.ts';

const INLINE_OLD = 0x0001_0001;
const SPLIT = 0x0002_0001;
const text = (value: string): Buffer => Buffer.from(value);

interface Opened {
  readonly revlog: Revlog;
  readonly counters: StoreCounters;
  readonly directory: string;
}

function open(
  context: { after(cleanUp: () => void): void },
  directory = temporaryDirectory(context),
  keep = false,
): Opened {
  const counters = emptyCounters();
  const revlog = new Revlog({
    vfs: new Vfs(),
    file: ending => path.join(directory, `log${ending}`),
    counters,
    keepLastText: keep,
  });
  return { revlog, counters, directory };
}

function make(
  context: { after(cleanUp: () => void): void },
  revisions: readonly Revision[],
  header?: number,
  keep = false,
): Opened & { readonly nodes: readonly Buffer[] } {
  const directory = temporaryDirectory(context);
  const files = makeRevlog(revisions, header);
  writeRevlog(directory, 'log', files);
  return { ...open(context, directory, keep), nodes: files.nodes };
}

const HISTORY: readonly Revision[] = [
  { text: text('one\ntwo\n') },
  { text: text('one\n2\n'), p1: 0, base: 0, chunk: literal(delta([4, 8, '2\n'])) },
  { text: text('ONE\ntwo\n'), p1: 0, base: 0, chunk: zlib(delta([0, 3, 'ONE'])) },
  { text: text('ONE\n2\n'), p1: 1, p2: 2, base: 1, chunk: literal(delta([0, 3, 'ONE'])) },
  { text: text('ONE\n2\n'), p1: 3, base: 3, chunk: Buffer.alloc(0) },
  { text: text(''), p1: 4 },
];

for (const [name, header] of [
  ['inline', undefined],
  ['split', SPLIT],
] as const) {
  test(`${name}: texts, nodes and entries`, t => {
    const { revlog, nodes, counters } = make(t, HISTORY, header);
    assert.equal(counters.revlogsOpened, 0, 'nothing is read before something is asked for');
    assert.equal(revlog.length, 6);
    HISTORY.forEach((revision, number) => {
      assert.deepEqual(revlog.text(number), revision.text, `revision ${number}`);
      assert.equal(revlog.findNode(nodes[number]!), number);
      assert.equal(revlog.findNode(nodes[number]!.toString('hex'), 2), number);
    });
    assert.deepEqual(revlog.entry(3), {
      revision: 3,
      offset: revlog.entry(3).offset,
      flags: 0,
      compressedLength: 15,
      fullLength: 6,
      base: 1,
      link: 3,
      p1: 1,
      p2: 2,
      node: nodes[3],
      isPlain: false,
    });
    assert.equal(counters.revlogsOpened, 1);
    assert.equal(counters.textsRebuilt, 6);
    assert.equal(counters.deltasApplied, 1 + 1 + 2 + 3);
    assert.equal(revlog.findNode(Buffer.alloc(20, 7)), -1);
    assert.equal(revlog.findNode(Buffer.alloc(20)), -1);
    assert.throws(() => revlog.text(6), { code: 'corrupt' });
    assert.throws(() => revlog.text(-1), { code: 'corrupt' });
  });
}

test('of a text that is stored as a whole only the beginning is read and decompressed', t => {
  // As a changeset that names a hundred thousand files has it: it does not get much smaller by compression.
  const names = Array.from({ length: 100_000 }, (_, i) => createHash('md5').update(String(i)).digest('hex'));
  const long = text(`${'0123456789'.repeat(4)}\n${names.join('\n')}`);
  for (const [chunk, bytes] of [
    [zlib(long), 512],
    [literal(long), 512],
  ] as const) {
    const { revlog, counters } = make(t, [{ text: long, chunk }], SPLIT);
    const index = 64;
    assert.equal(revlog.beginning(0, 41).toString(), `${'0123456789'.repeat(4)}\n`);
    assert.equal(counters.bytesRead, index + bytes);
    assert.equal(counters.textsRebuilt, 0);
  }
});

for (const header of [undefined, SPLIT]) {
  test(`beginnings of texts, however they are stored (${header === SPLIT ? 'split' : 'inline'})`, t => {
    const { revlog } = make(t, HISTORY, header);
    for (const [revision, { text: whole }] of HISTORY.entries()) {
      for (const count of [0, 1, 4, 100]) {
        assert.deepEqual(revlog.beginning(revision, count), whole.subarray(0, count), `${revision}, ${count}`);
      }
    }
  });
}

test('a beginning that is damaged or cut off is corrupt', t => {
  const whole = text('one\ntwo\n'.repeat(100));
  const chunk = zlib(whole);
  const damaged = Buffer.from(chunk);
  damaged[1]! ^= 0xff;
  assert.throws(() => make(t, [{ text: whole, chunk: damaged }]).revlog.beginning(0, 41), { code: 'corrupt' });
  const cut = make(t, [{ text: whole, chunk: chunk.subarray(0, 6) }]);
  assert.throws(() => cut.revlog.beginning(0, 41), { code: 'corrupt' });
  const missing = make(t, [{ text: whole, chunk }], SPLIT);
  fs.rmSync(path.join(missing.directory, 'log.d'));
  assert.throws(() => missing.revlog.beginning(0, 41), { code: 'corrupt' });
});

test('without general delta a chain is all revisions since its base', t => {
  const { revlog } = make(
    t,
    [
      { text: text('a') },
      { text: text('ab'), base: 0, chunk: literal(delta([1, 1, 'b'])) },
      { text: text('abc'), base: 0, chunk: literal(delta([2, 2, 'c'])) },
      { text: text('x') },
      { text: text('xy'), base: 3, chunk: literal(delta([1, 1, 'y'])) },
    ],
    INLINE_OLD,
  );
  assert.equal(revlog.text(2).toString(), 'abc');
  assert.equal(revlog.text(4).toString(), 'xy');
});

test('a missing and an empty file have no revisions', t => {
  const { revlog, directory } = open(t);
  assert.equal(revlog.exists, false);
  assert.equal(revlog.length, 0);
  assert.equal(revlog.findNode('1'.repeat(40)), -1);
  fs.writeFileSync(path.join(directory, 'log.i'), '');
  assert.equal(revlog.findNode('1'.repeat(40)), -1);
  assert.equal(revlog.exists, true);
  assert.equal(revlog.length, 0);
});

test('other versions and flags are not supported', t => {
  for (const header of [0x0001_0000, 2, 0xffff, 0x0010_0001, 0x8000_0001]) {
    const { revlog } = make(t, [{ text: text('a') }], header);
    assert.throws(() => revlog.length, { code: 'unsupported' }, header.toString(16));
  }
  for (const header of [0x0007_0001, 0x000b_0001]) {
    assert.equal(
      make(t, [{ text: text('a') }], header)
        .revlog.text(0)
        .toString(),
      'a',
    );
  }
  assert.throws(() => make(t, [{ text: text('a'), flags: 0x0001 }]).revlog.text(0), { code: 'unsupported' });
  assert.equal(
    make(t, [{ text: text('a'), flags: 0x1fc0 }])
      .revlog.text(0)
      .toString(),
    'a',
  );
});

test('nodes are checked, except where flags say that they name another text', t => {
  const node = Buffer.alloc(20, 9);
  assert.throws(() => make(t, [{ text: text('a'), node }]).revlog.text(0), {
    code: 'corrupt',
    message: /log\.i: revision 0 does not have the text its node names/,
  });
  for (const flags of [0x8000, 0x4000, 0x2000]) {
    assert.equal(
      make(t, [{ text: text('a'), node, flags }])
        .revlog.text(0)
        .toString(),
      'a',
    );
  }
});

test('hostile entries are corrupt', t => {
  const first: Revision = { text: text('abc') };
  const second: Revision = { text: text('abcd'), p1: 0, base: 0, chunk: literal(delta([3, 3, 'd'])) };
  const hostile: [string, Revision][] = [
    ['base after itself', { ...second, base: 2 }],
    ['base far away', { ...second, base: 0x7fffffff }],
    ['base below the null revision', { ...second, base: -2 }],
    ['its own parent', { ...second, p1: 1 }],
    ['parent below none', { ...second, p2: -2 }],
    ['negative length', { ...second, fullLength: -2 }],
    ['longer than said', { ...second, fullLength: 3 }],
    ['shorter than said', { ...second, fullLength: 5 }],
    ['delta beyond the text', { ...second, chunk: literal(delta([3, 4, 'd'])) }],
    ['full text longer than said', { text: text('abcd'), fullLength: 3 }],
    ['full text shorter than said', { text: text('abcd'), fullLength: 5 }],
  ];
  for (const [name, revision] of hostile) {
    for (const header of [undefined, SPLIT]) {
      const { revlog } = make(t, [first, revision], header);
      assert.throws(() => revlog.text(1), { code: 'corrupt' }, name);
      assert.equal(revlog.text(0).toString(), 'abc', name);
    }
  }
  for (const bad of [
    { ...second, compressedLength: -1 },
    { ...second, compressedLength: 0x7fffffff },
    { ...second, offset: 2 ** 47 },
  ]) {
    assert.throws(() => make(t, [first, bad], SPLIT).revlog.text(1), { code: 'corrupt' });
  }
  assert.throws(() => make(t, [first, { ...second, compressedLength: -1 }]).revlog.text(0), { code: 'corrupt' });
});

test('a base of -1 is the empty text of the null revision', t => {
  const whole = (value: string): Buffer => delta([0, 0, value]);
  const revisions: Revision[] = [
    { text: text('abc'), base: -1, chunk: whole('abc') },
    { text: text('abcd'), p1: 0, base: 0, chunk: literal(delta([3, 3, 'd'])) },
    { text: text('x'.repeat(100)), base: -1, chunk: zlib(whole('x'.repeat(100))) },
    { text: text(''), p1: 2, base: -1, chunk: text('') },
  ];
  for (const header of [undefined, SPLIT]) {
    for (const keep of [false, true]) {
      const { revlog } = make(t, revisions, header, keep);
      for (const [revision, { text: expected }] of revisions.entries()) {
        assert.equal(revlog.text(revision).toString(), expected.toString());
        assert.equal(revlog.beginning(revision, 2).toString(), expected.toString().slice(0, 2));
      }
    }
  }
});

test('a length from nowhere allocates nothing', t => {
  const before = process.memoryUsage().arrayBuffers;
  const huge: Revision = { text: text('abc'), fullLength: 0xfffffff };
  assert.throws(() => make(t, [huge]).revlog.text(0), { code: 'corrupt' });
  assert.throws(() => make(t, [{ ...huge, fullLength: 0x3fffffff }]).revlog.text(0), { code: 'unsupported' });
  assert.throws(() => make(t, [{ ...huge, fullLength: 0x7fffffff }]).revlog.text(0), { code: 'unsupported' });
  assert.ok(process.memoryUsage().arrayBuffers - before < 10 << 20);
});

test('a bomb expands to no more than the length that the entry states', t => {
  const bomb = zlib(Buffer.alloc(64 << 20));
  const before = process.memoryUsage().arrayBuffers;
  assert.throws(() => make(t, [{ text: text('abc'), chunk: bomb }]).revlog.text(0), { code: 'corrupt' });
  const asDelta: Revision = { text: text('abc'), base: 0, chunk: bomb };
  assert.throws(() => make(t, [{ text: text('abc') }, asDelta]).revlog.text(1), { code: 'corrupt' });
  assert.ok(process.memoryUsage().arrayBuffers - before < 10 << 20);
});

test('an index that is cut off keeps what comes before, and says so for what is not there', t => {
  for (const header of [undefined, SPLIT]) {
    const files = makeRevlog(HISTORY, header);
    for (const cut of [1, 30, 63]) {
      const directory = temporaryDirectory(t);
      writeRevlog(directory, 'log', { ...files, index: files.index.subarray(0, files.index.length - cut) });
      const { revlog } = open(t, directory);
      assert.equal(revlog.length, 5);
      assert.deepEqual(revlog.text(4), HISTORY[4]!.text);
      assert.throws(() => revlog.findNode(files.nodes[5]!), { code: 'corrupt', message: /ends within an entry/ });
    }
  }
});

test('a data file that is missing or too short is corrupt', t => {
  const { revlog, directory } = make(t, HISTORY, SPLIT);
  const data = path.join(directory, 'log.d');
  fs.truncateSync(data, 3);
  assert.throws(() => revlog.text(0), {
    code: 'corrupt',
    message: /revision 0 needs 9 bytes at 0 of .*log\.d, which has 3/,
  });
  fs.rmSync(data);
  assert.throws(() => revlog.text(0), { code: 'corrupt', message: /which does not exist/ });
  assert.equal(revlog.text(5).length, 0, 'needs no data');
});

test('appended revisions are found without being told', t => {
  const { revlog, directory, counters } = make(t, HISTORY.slice(0, 2));
  const all = makeRevlog(HISTORY);
  assert.equal(revlog.findNode(all.nodes[4]!), -1);
  assert.equal(counters.revlogsOpened, 1);
  writeRevlog(directory, 'log', all);
  assert.equal(revlog.findNode(all.nodes[4]!), 4);
  assert.equal(revlog.text(4).toString(), 'ONE\n2\n');
  assert.equal(counters.revlogsOpened, 2);
});

test('a revlog that was split meanwhile is read again', t => {
  const { revlog, directory, nodes } = make(t, HISTORY, SPLIT);
  assert.equal(revlog.findNode(nodes[3]!), 3);
  // Back to one file: what the old index needs from the data file is gone.
  fs.rmSync(path.join(directory, 'log.d'));
  fs.writeFileSync(path.join(directory, 'log.i'), makeRevlog(HISTORY).index);
  assert.equal(revlog.text(3).toString(), 'ONE\n2\n');
});

test('a revision that was stripped meanwhile is not mistaken for the one in its place', t => {
  const { revlog, directory, nodes } = make(t, HISTORY, SPLIT);
  assert.equal(revlog.findNode(nodes[3]!), 3);
  const other: Revision[] = [...HISTORY.slice(0, 3), { text: text('something else'), p1: 2 }];
  writeRevlog(directory, 'log', makeRevlog(other, SPLIT));
  assert.throws(() => revlog.text(3), { code: 'changed-while-reading' });
  assert.equal(revlog.findNode(nodes[3]!), -1);
});

test('refresh forgets an index that is another by now', t => {
  const { revlog, directory } = make(t, HISTORY);
  assert.equal(revlog.refresh(), false, 'nothing was read yet');
  assert.equal(revlog.length, 6);
  assert.equal(revlog.refresh(), false);
  writeRevlog(directory, 'log', makeRevlog(HISTORY.slice(0, 2)));
  assert.equal(revlog.length, 6);
  assert.equal(revlog.refresh(), true);
  assert.equal(revlog.length, 2);
});

test('with the last text kept, the next one costs its own delta only', t => {
  const revisions: Revision[] = [{ text: text('0\n') }];
  for (let i = 1; i < 50; i++) {
    const previous = revisions[i - 1]!.text;
    const added = `${i}\n`;
    const all = Buffer.concat([previous, text(added)]);
    revisions.push({
      text: all,
      p1: i - 1,
      base: i - 1,
      chunk: literal(delta([previous.length, previous.length, added])),
    });
  }
  const { revlog, counters } = make(t, revisions, SPLIT, true);
  assert.deepEqual(revlog.text(40), revisions[40]!.text);
  assert.equal(counters.deltasApplied, 40);
  assert.deepEqual(revlog.text(40), revisions[40]!.text);
  assert.deepEqual(revlog.text(42), revisions[42]!.text);
  assert.equal(counters.deltasApplied, 42);
  assert.deepEqual(revlog.text(20), revisions[20]!.text);
  assert.equal(counters.deltasApplied, 62);
  assert.equal(counters.textsRebuilt, 3);
});

/** As many revisions as asked for, written without making an object for each. */
function largeIndex(count: number): Buffer {
  const index = Buffer.alloc(count * 64);
  for (let i = 0; i < count; i++) {
    const at = i * 64;
    index.writeInt32BE(i, at + 16);
    index.writeInt32BE(i, at + 20);
    index.writeInt32BE(i - 1, at + 24);
    index.writeInt32BE(-1, at + 28);
    index.writeInt32BE(i + 1, at + 32);
  }
  index.writeUInt32BE(SPLIT, 0);
  return index;
}

const numberedNode = (revision: number): Buffer => {
  const node = Buffer.alloc(20);
  node.writeInt32BE(revision + 1, 0);
  return node;
};

test('a large index is searched in windows and not kept', t => {
  const directory = temporaryDirectory(t);
  const count = 200_000;
  fs.writeFileSync(path.join(directory, 'log.i'), largeIndex(count));
  const { revlog, counters } = open(t, directory);
  assert.equal(revlog.length, count);
  assert.equal(revlog.findNode(numberedNode(count - 10)), count - 10);
  assert.ok(counters.bytesRead < 400_000, String(counters.bytesRead));
  assert.equal(revlog.findNode(numberedNode(5000), 5100), 5000);
  assert.ok(counters.bytesRead < 900_000, String(counters.bytesRead));
  assert.equal(revlog.findNode(numberedNode(5000), 4000), 5000, 'above the hint too');
  for (const revision of [0, 1, 1023, 1024, 4095, 4096, count - 1]) {
    assert.equal(revlog.findNode(numberedNode(revision)), revision);
    assert.deepEqual(revlog.entry(revision).node, numberedNode(revision));
    assert.equal(revlog.entry(revision).p1, revision - 1);
  }
  assert.equal(revlog.findNode(numberedNode(count)), -1);
  assert.ok(revlog.bytesHeld < 1 << 20, String(revlog.bytesHeld));
});

test('a large index that was replaced meanwhile is noticed', t => {
  const directory = temporaryDirectory(t);
  const file = path.join(directory, 'log.i');
  fs.writeFileSync(file, largeIndex(50_000));
  const { revlog } = open(t, directory);
  assert.equal(revlog.length, 50_000);
  fs.writeFileSync(file, largeIndex(60_000));
  assert.throws(() => revlog.entry(20_000), { code: 'changed-while-reading' });
  assert.equal(revlog.findNode(numberedNode(55_000)), 55_000);
  assert.equal(revlog.length, 60_000);
});

test('a file with holes that claims to be a giant index is refused', t => {
  const { revlog, directory } = open(t);
  const file = path.join(directory, 'log.i');
  for (const [header, size] of [
    [SPLIT, 2 ** 33],
    [INLINE_OLD, 2 ** 30],
  ] as const) {
    fs.writeFileSync(file, makeRevlog([{ text: text('a') }], header).index);
    fs.truncateSync(file, size);
    revlog.refresh();
    assert.throws(() => revlog.length, { code: 'unsupported', message: /an index of \d+ bytes is not supported/ });
  }
});

test('a large inline revlog is scanned', t => {
  const revisions = Array.from({ length: 300 }, (_, i): Revision => ({
    text: Buffer.alloc(10_000, i % 256 || 1),
    p1: i - 1,
  }));
  const { revlog, nodes, counters } = make(t, revisions);
  assert.equal(revlog.length, 300);
  assert.ok(revlog.bytesHeld < 4 << 20);
  for (const revision of [0, 150, 299]) {
    assert.equal(revlog.findNode(nodes[revision]!), revision);
    assert.deepEqual(revlog.text(revision), revisions[revision]!.text);
  }
  assert.equal(counters.revlogsOpened, 1);
  assert.equal(nodeOf(revisions[0]!.text).equals(nodes[0]!), true);
});

test('many texts are read with the data file opened once', context => {
  const directory = temporaryDirectory(context);
  writeRevlog(directory, 'log', makeRevlog(HISTORY, SPLIT));
  const vfs = new Vfs();
  const file = (ending: string): string => path.join(directory, `log${ending}`);
  const revlog = new Revlog({ vfs, file, counters: emptyCounters(), keepLastText: false });
  const all = (): string[] => HISTORY.map((_, revision) => revlog.text(revision).toString());
  const expected = all();
  const before = vfs.filesOpened;
  assert.deepEqual(revlog.keepingOpen(all), expected);
  assert.equal(vfs.filesOpened - before, 1);
  assert.deepEqual(all(), expected);
  assert.equal(vfs.filesOpened - before, 1 + HISTORY.length);
});
