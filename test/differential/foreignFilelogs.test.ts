// Filelogs that Mercurial does not write, but another client or an old one may have written. We read the same ones as
// the real program, with the same texts.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { deflateSync } from 'node:zlib';
import { bytePath } from '../../src/base/bytePath.ts';
import { QuicksilverError } from '../../src/base/errors.ts';
import { hgAtOnce } from '../support/hgAtOnce.ts';
import { statusLines } from '../support/ownStatus.ts';
import { zstdFrame } from '../support/zstdFrames.ts';
import { delta, makeRevlog, writeRevlog, type Revision } from '../unit/mercurial/store/revlogWriter.ts';
import { StoreRepository } from './storeRepository.ts';

const V1 = 1;
const INLINE = 0x1_0000;
const GENERAL_DELTA = 0x2_0000;
const INLINE_GENERAL = V1 | INLINE | GENERAL_DELTA;
const OLD = 1_000_000_000;
const CENSORED = 0x8000;
const ELLIPSIS = 0x4000;
const HAS_COPIES = 0x1000;

const ONE = Buffer.from('one\nline\n'.repeat(8));
const TWO = Buffer.concat([ONE, Buffer.from('two\n')]);
const THREE = Buffer.concat([TWO, Buffer.from('three\n')]);
const NUL_FIRST = Buffer.from('\0binary\n');
const EMPTY = Buffer.alloc(0);

function u(text: Buffer): Buffer {
  return Buffer.concat([Buffer.from('u'), text]);
}

function whole(before: Buffer, after: Buffer): Buffer {
  return delta([0, before.length, after]);
}

interface Case {
  readonly name: string;
  readonly revisions: readonly Revision[];
  /** Default: inline, general delta. */
  readonly header?: number;
  /** 'ours': hg refuses what can be read all the same. 'theirs': we refuse what `hg verify` calls damaged. */
  readonly onlyReadBy?: 'ours' | 'theirs';
  /** Mercurial before 7.2 has another status. */
  readonly hasNewStatus?: true;
  /** Changes the files of the filelog. */
  readonly damage?: (index: string, data: string) => void;
}

const appended = (text: Buffer, more: string): Buffer => delta([text.length, text.length, more]);

const CASES: readonly Case[] = [
  { name: 'an empty text: no chunk', revisions: [{ text: EMPTY, chunk: EMPTY }] },
  { name: 'an empty text: a literal', revisions: [{ text: EMPTY, chunk: u(EMPTY) }] },
  { name: 'an empty text: compressed', revisions: [{ text: EMPTY, chunk: deflateSync(EMPTY) }] },
  { name: 'an empty text: no chunk, against null', revisions: [{ text: EMPTY, chunk: EMPTY, base: -1 }] },
  {
    name: 'an empty text: a delta that removes all',
    revisions: [{ text: ONE }, { text: EMPTY, base: 0, p1: 0, chunk: whole(ONE, EMPTY) }],
  },
  {
    name: 'the text of the parent again: no chunk',
    revisions: [
      { text: ONE },
      { text: ONE, base: 0, p1: 0, chunk: EMPTY },
      { text: ONE, base: 1, p1: 1, chunk: EMPTY },
    ],
  },
  { name: 'a text that begins with NUL, as it is', revisions: [{ text: NUL_FIRST, chunk: NUL_FIRST }] },
  { name: 'a text that begins with NUL, a literal', revisions: [{ text: NUL_FIRST, chunk: u(NUL_FIRST) }] },
  { name: 'a text that begins with NUL, compressed', revisions: [{ text: NUL_FIRST, chunk: deflateSync(NUL_FIRST) }] },
  { name: 'a text in a zstd frame', revisions: [{ text: ONE, chunk: zstdFrame(ONE) }] },
  ...(
    [
      ['as it is', (bytes: Buffer): Buffer => bytes],
      ['a literal', u],
      ['zlib', (bytes: Buffer): Buffer => deflateSync(bytes)],
      ['zlib, stored', (bytes: Buffer): Buffer => deflateSync(bytes, { level: 0 })],
      ['zstd', (bytes: Buffer): Buffer => zstdFrame(bytes)],
    ] as const
  ).flatMap(([kind, stored]): Case[] => [
    { name: `a delta against null, ${kind}`, revisions: [{ text: ONE, base: -1, chunk: stored(whole(EMPTY, ONE)) }] },
    {
      name: `a delta against a delta against null, ${kind}`,
      revisions: [
        { text: ONE, base: -1, chunk: stored(whole(EMPTY, ONE)) },
        { text: TWO, base: 0, p1: 0, chunk: stored(appended(ONE, 'two\n')) },
      ],
    },
    {
      name: `a delta against null without general delta, ${kind}`,
      header: V1 | INLINE,
      revisions: [{ text: ONE, base: -1, chunk: stored(whole(EMPTY, ONE)) }],
    },
  ]),
  ...(
    [
      ['against the null revision', whole(EMPTY, THREE)],
      ['against the revision before', appended(TWO, 'three\n')],
    ] as const
  ).map(([kind, chunk]): Case => ({
    name: `a third revision without general delta whose base is null, with a delta ${kind}`,
    header: V1 | INLINE,
    revisions: [
      { text: ONE },
      { text: TWO, base: 0, p1: 0, chunk: appended(ONE, 'two\n') },
      { text: THREE, base: -1, p1: 1, chunk },
    ],
  })),
  { name: 'an unknown kind of chunk', revisions: [{ text: ONE, chunk: Buffer.from('?what') }] },
  {
    name: 'a base that comes later',
    revisions: [
      { text: ONE, base: 1, chunk: whole(TWO, ONE) },
      { text: TWO, p1: 0 },
    ],
  },
  { name: 'a base below -1', revisions: [{ text: ONE, base: -2, chunk: whole(EMPTY, ONE) }] },
  {
    name: 'a delta of several hunks',
    revisions: [
      { text: ONE },
      { text: Buffer.from('aone\nb'), base: 0, p1: 0, chunk: delta([0, 0, 'a'], [4, 9, 'b'], [9, ONE.length, '']) },
    ],
  },
  {
    name: 'a delta whose hunks overlap',
    revisions: [
      { text: ONE },
      { text: Buffer.from('ab'), base: 0, p1: 0, chunk: delta([0, 8, 'a'], [4, ONE.length, 'b']) },
    ],
  },
  {
    name: 'a delta whose hunk ends behind the text',
    revisions: [{ text: ONE }, { text: Buffer.from('a'), base: 0, p1: 0, chunk: delta([0, ONE.length + 1, 'a']) }],
  },
  {
    name: 'a chain without general delta',
    header: V1 | INLINE,
    revisions: [
      { text: ONE },
      { text: TWO, base: 0, p1: 0, chunk: appended(ONE, 'two\n') },
      { text: THREE, base: 0, p1: 1, chunk: appended(TWO, 'three\n') },
    ],
  },
  {
    name: 'a chain without general delta that begins in the middle of another',
    header: V1 | INLINE,
    revisions: [
      { text: ONE },
      { text: TWO, base: 0, p1: 0, chunk: appended(ONE, 'two\n') },
      { text: THREE, base: 1, p1: 1, chunk: appended(TWO, 'three\n') },
    ],
  },
  { name: 'a data file of its own', header: V1 | GENERAL_DELTA, revisions: [{ text: ONE }, { text: TWO, p1: 0 }] },
  {
    name: 'chunks with a gap between them',
    header: V1 | GENERAL_DELTA,
    revisions: [{ text: ONE }, { text: TWO, p1: 0, offset: ONE.length + 1 + 7 }],
    damage: (_, data) => {
      const bytes = fs.readFileSync(data);
      const cut = ONE.length + 1;
      fs.writeFileSync(data, Buffer.concat([bytes.subarray(0, cut), Buffer.alloc(7), bytes.subarray(cut)]));
    },
  },
  {
    name: 'two revisions with one chunk',
    header: V1 | GENERAL_DELTA,
    revisions: [{ text: ONE }, { text: ONE, p1: 0, chunk: EMPTY, offset: 0, compressedLength: ONE.length + 1 }],
  },
  {
    name: 'an offset that is wrong in an inline revlog',
    onlyReadBy: 'ours',
    revisions: [{ text: ONE }, { text: TWO, p1: 0, offset: 5 }],
  },
  { name: 'two equal parents', revisions: [{ text: ONE }, { text: TWO, p1: 0, p2: 0 }] },
  { name: 'only a second parent', revisions: [{ text: ONE }, { text: TWO, p2: 0 }] },
  { name: 'a parent that comes later', revisions: [{ text: ONE, p1: 1 }, { text: TWO }] },
  {
    name: 'links that are out of order',
    revisions: [
      { text: ONE, link: 1 },
      { text: TWO, p1: 0, link: 0 },
    ],
  },
  { name: 'a link to no changeset', revisions: [{ text: ONE, link: 77 }] },
  { name: 'a link to the null changeset', revisions: [{ text: ONE, link: -1 }] },
  { name: 'no length recorded', revisions: [{ text: ONE, fullLength: -1 }] },
  { name: 'a wrong length recorded', onlyReadBy: 'theirs', revisions: [{ text: ONE, fullLength: 3 }] },
  { name: 'a node that is another one', revisions: [{ text: ONE, node: Buffer.alloc(20, 7) }] },
  {
    name: 'an ellipsis, whose node is another one',
    onlyReadBy: 'ours',
    revisions: [{ text: ONE, node: Buffer.alloc(20, 7), flags: ELLIPSIS }],
  },
  { name: 'an ellipsis, whose node is its own', onlyReadBy: 'ours', revisions: [{ text: ONE, flags: ELLIPSIS }] },
  {
    name: 'a censored revision',
    onlyReadBy: 'ours',
    revisions: [{ text: Buffer.from('\x01\ncensored: why\n\x01\n'), node: Buffer.alloc(20, 7), flags: CENSORED }],
  },
  { name: 'a note on copies', revisions: [{ text: ONE, flags: HAS_COPIES }] },
  { name: 'an unknown flag', revisions: [{ text: ONE, flags: 1 }] },
  { name: 'metadata alone', hasNewStatus: true, revisions: [{ text: Buffer.from('\x01\na: b\n\x01\n') }] },
  { name: 'empty metadata', hasNewStatus: true, revisions: [{ text: Buffer.from('\x01\n\x01\ntext') }] },
  { name: 'metadata without an end', onlyReadBy: 'ours', revisions: [{ text: Buffer.from('\x01\na: b\ntext') }] },
  { name: 'a mark alone', onlyReadBy: 'ours', revisions: [{ text: Buffer.from('\x01\n') }] },
  { name: 'half a mark', revisions: [{ text: Buffer.from('\x01') }] },
  { name: 'metadata of lines that are none', revisions: [{ text: Buffer.from('\x01\nwhat\n: x\n\x01\ntext') }] },
  {
    name: 'metadata with its mark within a line',
    hasNewStatus: true,
    revisions: [{ text: Buffer.from('\x01\na: b\x01\ntext\x01\n') }],
  },
  {
    name: 'a copy without its node',
    hasNewStatus: true,
    revisions: [{ text: Buffer.from('\x01\ncopy: g\n\x01\ntext') }],
  },
  {
    name: 'a copy from nowhere',
    revisions: [{ text: Buffer.from(`\x01\ncopy: g\ncopyrev: ${'0'.repeat(40)}\n\x01\ntext`) }],
  },
  {
    name: 'an index that ends within an entry',
    onlyReadBy: 'ours',
    revisions: [{ text: ONE }],
    damage: index => fs.appendFileSync(index, 'x'),
  },
  { name: 'no revision', revisions: [{ text: ONE }], damage: index => fs.truncateSync(index, 0) },
  {
    name: 'a data file beside an inline index',
    revisions: [{ text: ONE }],
    damage: (_, data) => fs.writeFileSync(data, 'something else'),
  },
  { name: 'an unknown flag of the whole', header: INLINE_GENERAL | 0x10_0000, revisions: [{ text: ONE }] },
  { name: 'an unknown version', header: 7, revisions: [{ text: ONE }] },
];

/** Gives a new repository the filelog `f`, with one changeset for each revision. */
function install(repository: StoreRepository, { revisions, header = INLINE_GENERAL, damage }: Case): void {
  const store = path.join(repository.root, '.hg/store');
  const filelog = makeRevlog(revisions, header);
  const manifest = makeRevlog(
    filelog.nodes.map((node, at) => ({ text: Buffer.from(`f\0${node.toString('hex')}\n`), p1: at - 1, link: at })),
  );
  const changelog = makeRevlog(
    manifest.nodes.map((node, at) => ({
      text: Buffer.from(`${node.toString('hex')}\nsomebody\n0 0\nf\n\nc${at}`),
      p1: at - 1,
      link: at,
    })),
  );
  writeRevlog(store, '00manifest', manifest);
  writeRevlog(store, '00changelog', changelog);
  writeRevlog(store, 'data/f', filelog);
  fs.writeFileSync(path.join(store, 'fncache'), filelog.data.length > 0 ? 'data/f.i\ndata/f.d\n' : 'data/f.i\n');
  damage?.(path.join(store, 'data/f.i'), path.join(store, 'data/f.d'));
}

function hg(repository: StoreRepository, ...args: readonly string[]): string | undefined {
  const { code, stdout } = hgAtOnce(args, {
    cwd: repository.root,
    options: [],
    env: { ...process.env, HGRCPATH: '', HGPLAIN: '1', HGENCODING: 'utf-8' },
  });
  return code === 0 ? stdout.toString('latin1') : undefined;
}

/** Returns the content of a revision of `f` as we read it; undefined if we do not. */
function ours(repository: StoreRepository, revision: number): string | undefined {
  try {
    const store = repository.open();
    const node = store.changelog.revlog.entry(revision).node.toString('hex');
    return store.baseTree(node).find(bytePath('f'))?.content().toString('latin1');
  } catch (error) {
    if (error instanceof QuicksilverError) return undefined;
    throw error;
  }
}

/** Compares the status of `f`, touched, with contents that are its own, of the same length, and longer. */
async function statusDifferences(repository: StoreRepository, content: string): Promise<string[]> {
  const differences: string[] = [];
  const flipped = content.replace(/.$/s, last => (last === 'X' ? 'Y' : 'X'));
  for (const [index, text] of [content, flipped, `${content}more`].entries()) {
    const file = path.join(repository.root, 'f');
    fs.writeFileSync(file, text, 'latin1');
    // Old enough that hg records it, and never the recorded time.
    fs.utimesSync(file, OLD + index, OLD + index);
    const actual = await statusLines(repository.root);
    const expected = hg(repository, 'status', '-A')?.trimEnd().split('\n');
    if (expected === undefined) continue;
    if (JSON.stringify(actual) !== JSON.stringify(expected))
      differences.push(`${String(actual)} not ${String(expected)}`);
  }
  return differences;
}

test('a filelog is read as hg reads it, whoever wrote it', { timeout: 600_000 }, async (t: TestContext) => {
  const differences: string[] = [];
  for (const each of CASES) {
    const repository = new StoreRepository(t, []);
    install(repository, each);
    const known = { reads: 'ours', refuses: 'theirs' };
    each.revisions.forEach((_, revision) => {
      const expected = hg(repository, 'cat', '-r', String(revision), 'f');
      const actual = ours(repository, revision);
      if (expected === actual) return;
      const who = expected === undefined ? known.reads : actual === undefined ? known.refuses : 'both, otherwise';
      if (who !== each.onlyReadBy) differences.push(`${each.name}: revision ${revision} is read by ${who}`);
    });
    const tip = String(each.revisions.length - 1);
    if (each.hasNewStatus === true) continue;
    const content = hg(repository, 'cat', '-r', tip, 'f');
    if (content === undefined || hg(repository, 'update', '-C', tip) === undefined || each.onlyReadBy === 'theirs')
      continue;
    for (const found of await statusDifferences(repository, content)) differences.push(`${each.name}: ${found}`);
  }
  assert.deepEqual(differences, []);
});
