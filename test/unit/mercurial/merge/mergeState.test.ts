import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';
import {
  decodeMergeState,
  readMergeStateFiles,
  type RecordedMerge,
} from '../../../../src/mercurial/merge/mergeState.ts';
import { Vfs, type FileBytes } from '../../../../src/files/vfs.ts';
import { temporaryDirectory } from '../store/revlogWriter.ts';

const LOCAL = '1'.repeat(40);
const OTHER = '2'.repeat(40);
const KEY = '3'.repeat(40);
const ANCESTOR = '4'.repeat(40);
const THEIRS = '5'.repeat(40);
const ZEROS = '0'.repeat(40);
const IDENTITY = { device: 0n, inode: 0n, size: 0n, mtimeNs: 0n, ctimeNs: 0n };

type Records = readonly (readonly [type: string, ...fields: string[]])[];

function v2Bytes(records: Records): Buffer {
  return Buffer.concat(
    records.map(([type, ...fields]) => {
      const data = Buffer.from(fields.join('\0'), 'latin1');
      const header = Buffer.from([type.charCodeAt(0), 0, 0, 0, 0]);
      header.writeUInt32BE(data.length, 1);
      return Buffer.concat([header, data]);
    }),
  );
}

function file(bytes: Buffer | string | undefined): FileBytes | undefined {
  return bytes === undefined ? undefined : { bytes: Buffer.from(bytes as string, 'latin1'), identity: IDENTITY };
}

function decode(v2: Records | undefined, v1?: string): RecordedMerge | undefined {
  return decodeMergeState({ v1: file(v1), v2: v2 && { bytes: v2Bytes(v2), identity: IDENTITY } }, '/r/.hg');
}

const FILE = ['F', 'a', 'u', KEY, 'a', 'a0', ANCESTOR, 'a', THEIRS, 'x'] as const;

describe('records of the new form', () => {
  test('of files, of changed and deleted ones, of paths, with labels', () => {
    const state = decode([
      ['L', LOCAL],
      ['O', OTHER],
      ['t', 'Cgone', 'r', ZEROS, 'gone', 'gone', ANCESTOR, 'gone', THEIRS, ''],
      ['C', 'left', 'u', KEY, 'left', 'left', ANCESTOR, 'left', ZEROS, ''],
      ['t', 'Px', 'pu', 'x~1', 'r'],
      ['P', 'd/x', 'pr', 'd/x~1', 'l'],
      FILE,
      ['t', 'fa', 'merged', 'yes'],
      ['t', 'lworking copy', 'merge r\xc3\xa9v', 'common ancestor'],
    ]);
    const common = { localFlags: '', ancestorNode: ANCESTOR };
    assert.deepEqual(state, {
      local: LOCAL,
      other: OTHER,
      labels: { local: 'working copy', other: 'merge rév', ancestor: 'common ancestor' },
      conflicts: [
        {
          kind: 'content',
          path: 'a',
          state: 'unresolved',
          deletedOn: undefined,
          localPath: 'a',
          localFlags: 'x',
          backup: KEY,
          ancestorPath: 'a0',
          ancestorNode: ANCESTOR,
          otherPath: 'a',
          otherNode: THEIRS,
        },
        { kind: 'path', path: 'd/x', state: 'resolved', renamedTo: 'd/x~1', origin: 'local' },
        {
          ...{ kind: 'change-delete', path: 'gone', state: 'resolved', deletedOn: 'local', localPath: 'gone' },
          ...{ ...common, backup: undefined, ancestorPath: 'gone', otherPath: 'gone', otherNode: THEIRS },
        },
        {
          ...{ kind: 'change-delete', path: 'left', state: 'unresolved', deletedOn: 'other', localPath: 'left' },
          ...{ ...common, backup: KEY, ancestorPath: 'left', otherPath: 'left', otherNode: ZEROS },
        },
        { kind: 'path', path: 'x', state: 'unresolved', renamedTo: 'x~1', origin: 'other' },
      ],
    });
  });

  test('a later record of the same file counts; nothing at all is no merge', () => {
    const state = decode([['L', LOCAL], FILE, ['F', 'a', 'r', ...FILE.slice(3)]]);
    assert.deepEqual(
      state?.conflicts.map(({ state: resolved }) => resolved),
      ['resolved'],
    );
    assert.equal(decode([]), undefined);
    assert.equal(decode(undefined), undefined);
    assert.equal(decode(undefined, ''), undefined);
    assert.equal(decode(undefined, '\n'), undefined);
    assert.deepEqual(decode(undefined, `${LOCAL}\n`)?.conflicts, []);
  });

  const refused: [string, Records, RegExp][] = [
    ['type', [['Z', 'a']], /type "Z"/],
    ['wrapped type', [['t', 'Zabc']], /type "Z"/],
    ['type in a wrapper of nothing', [['t', '']], /type ""/],
    ['state', [['F', 'a', 'x', ...FILE.slice(3)]], /a is in the state "x"/],
    ['state that is the name of something', [['F', 'a', 'constructor', ...FILE.slice(3)]], /state "constructor"/],
  ];
  for (const [name, records, message] of refused) {
    test(`an unknown ${name} is refused`, () => {
      assert.throws(() => decode(records), { code: 'unsupported', message, file: '/r/.hg/merge/state2' });
    });
  }

  const damaged: [string, Records][] = [
    ['a changeset that is none', [['L', 'x']]],
    ['few fields', [['F', 'a', 'u', KEY, 'a', 'a']]],
    ['a node that is none', [['F', 'a', 'u', KEY, 'a', 'a', 'x', 'a', THEIRS, '']]],
    ['a backup elsewhere', [['F', 'a', 'u', '../../../etc/passwd', 'a', 'a', ANCESTOR, 'a', THEIRS, '']]],
    ['a path above', [['F', '../a', ...FILE.slice(2)]]],
    ['a path in .hg', [['F', 'a', 'u', KEY, '.hg/hgrc', 'a', ANCESTOR, 'a', THEIRS, '']]],
    ['an absolute path', [['P', '/a', 'pu', 'b', 'l']]],
    ['no path', [['P', '', 'pu', 'b', 'l']]],
    ['a path that went nowhere', [['P', 'a', 'pu', '', 'l']]],
    ['no side', [['P', 'a', 'pu', 'b']]],
  ];
  for (const [name, records] of damaged) {
    test(`with ${name}, they are corrupt`, () => {
      assert.throws(() => decode([['L', LOCAL], ...records]), { code: 'corrupt', file: '/r/.hg/merge/state2' });
    });
  }
});

describe('two forms', () => {
  const line = (name: string): string => [name, 'u', KEY, name, name, ANCESTOR, name, ''].join('\0');
  const record = (name: string): [string, ...string[]] => [
    ...(['F', name, 'u', KEY, name, name, ANCESTOR, name, THEIRS, ''] as const),
  ];
  const paths = (state: RecordedMerge | undefined): string =>
    (state?.conflicts ?? []).map(({ path: at }) => at).join(' ');

  test('the new one counts if it has all of the old one', () => {
    assert.equal(paths(decode([['L', LOCAL], record('a'), record('b')], `${LOCAL}\n${line('a')}\n`)), 'a b');
  });

  test('else the old one does, in which the other node is not', () => {
    const state = decode([['L', LOCAL], record('a'), record('b')], `${LOCAL}\n${line('a')}\n${line('c')}\n`);
    assert.equal(paths(state), 'a c');
    assert.deepEqual(state, decode(undefined, `${LOCAL}\n${line('a')}\n${line('c')}\n`));
    const [conflict] = state!.conflicts;
    assert.ok(conflict?.kind === 'content' && conflict.otherNode === undefined && conflict.otherPath === 'a');
    assert.equal(paths(decode([['L', OTHER], record('a')], `${LOCAL}\n`)), '');
  });

  test('a record that is cut off may be half of a write', () => {
    const whole = v2Bytes([['L', LOCAL], FILE]);
    for (const length of [1, 4, 5, 44, 46, whole.length - 1]) {
      const files = { v1: undefined, v2: { bytes: whole.subarray(0, length), identity: IDENTITY } };
      assert.throws(() => decodeMergeState(files, '/r/.hg'), { code: 'changed-while-reading' }, String(length));
    }
    assert.throws(() => decode(undefined, `${LOCAL}\n${line('a')}`), {
      code: 'changed-while-reading',
      file: '/r/.hg/merge/state',
    });
    const huge = Buffer.from([0x46, 0xff, 0xff, 0xff, 0xff, 0]);
    assert.throws(() => decodeMergeState({ v1: undefined, v2: { bytes: huge, identity: IDENTITY } }, '/r/.hg'), {
      code: 'changed-while-reading',
    });
  });
});

test('any bytes are a state or a typed error', () => {
  let seed = 1;
  const next = (below: number): number => (seed = (seed * 48_271) % 0x7fff_ffff) % below;
  const whole = v2Bytes([['L', LOCAL], FILE, ['t', 'Px', 'pu', 'x~1', 'r']]);
  for (let round = 0; round < 2000; round++) {
    const bytes = Buffer.from(whole);
    for (let i = 0; i <= next(4); i++) bytes[next(bytes.length)] = next(256);
    for (const files of [
      { v1: undefined, v2: { bytes, identity: IDENTITY } },
      { v1: { bytes, identity: IDENTITY }, v2: undefined },
    ]) {
      try {
        decodeMergeState(files, '/r/.hg');
      } catch (error) {
        const code = (error as { code?: string }).code ?? String(error);
        assert.ok(['corrupt', 'unsupported', 'changed-while-reading'].includes(code), code);
      }
    }
  }
});

test('the files are read as they are; something else in their place is an error', context => {
  const hg = temporaryDirectory(context);
  const vfs = new Vfs();
  assert.deepEqual(readMergeStateFiles(vfs, hg), { v1: undefined, v2: undefined });
  fs.mkdirSync(path.join(hg, 'merge/state2'), { recursive: true });
  fs.writeFileSync(path.join(hg, 'merge/state'), 'x');
  assert.throws(() => readMergeStateFiles(vfs, hg), { code: 'io' });
  fs.rmdirSync(path.join(hg, 'merge/state2'));
  assert.equal(readMergeStateFiles(vfs, hg).v1?.bytes.toString(), 'x');
});
