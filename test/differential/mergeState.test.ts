// The merge state, beside what the real hg says of it: after merges with conflicts of every kind, and in every operation
// that merges.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fromDisplay, toDisplay } from '../../src/base/bytePath.ts';
import { QuicksilverError } from '../../src/base/errors.ts';
import { decodeMergeState, readMergeStateFiles, type RecordedMerge } from '../../src/mercurial/merge/mergeState.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { HgSandbox } from '../support/hgSandbox.ts';

const OPTIONS = [
  ...['rebase', 'shelve', 'histedit'].flatMap(name => ['--config', `extensions.${name}=`]),
  ...['--config', 'ui.merge=:fail', '--config', 'experimental.merge.checkpathconflicts=yes'],
];
const ZEROS = '0'.repeat(40);

let sandbox: HgSandbox;
beforeEach(() => {
  sandbox = new HgSandbox(OPTIONS);
  sandbox.hg('.', ['init', 'r']);
});
afterEach(() => sandbox.dispose());

const hg = (...args: string[]): string => sandbox.hg('r', args).toString();
/** A command that stops at a conflict. */
const stopped = (code: number, ...args: string[]): string => sandbox.hg('r', args, code).toString();
const write = (files: Readonly<Record<string, string>>): void => {
  for (const [name, content] of Object.entries(files)) sandbox.write('r', fromDisplay(name), content);
};
const commit = (message: string): void => void hg('commit', '-A', '-q', '-m', message);
const link = (target: string, name: string): void => {
  fs.rmSync(sandbox.path(`r/${name}`), { force: true });
  fs.symlinkSync(target, sandbox.path(`r/${name}`));
};

function read(): RecordedMerge | undefined {
  const directory = sandbox.path('r/.hg');
  return decodeMergeState(readMergeStateFiles(new Vfs(), directory), directory);
}

interface HgFile {
  readonly path: string;
  readonly state: string;
  readonly local_key?: string;
  readonly local_path?: string;
  readonly local_flags?: string;
  readonly ancestor_path?: string;
  readonly ancestor_node?: string;
  readonly other_path?: string;
  readonly other_node?: string;
  readonly rename_side?: string;
  readonly renamed_path?: string;
}

interface HgMergeState {
  readonly commits: readonly { readonly name: string; readonly node: string; readonly label?: string }[];
  readonly files: readonly HgFile[];
}

/** Ours in the words of `hg debugmergestate`. */
function inTheirWords(state: RecordedMerge | undefined, hasOtherNodes: boolean): HgMergeState {
  if (state === undefined) return { commits: [], files: [] };
  const { local, other, labels } = state;
  const commits = [
    { name: 'local', node: local ?? '', ...(labels.local !== undefined && { label: labels.local }) },
    ...(hasOtherNodes
      ? [{ name: 'other', node: other ?? '', ...(labels.other !== undefined && { label: labels.other }) }]
      : []),
  ];
  const files = state.conflicts.map((conflict): HgFile => {
    if (conflict.kind === 'path') {
      return {
        path: toDisplay(conflict.path),
        state: conflict.state === 'unresolved' ? 'pu' : 'pr',
        rename_side: conflict.origin === 'local' ? 'l' : 'r',
        renamed_path: toDisplay(conflict.renamedTo),
      };
    }
    return {
      path: toDisplay(conflict.path),
      state: conflict.state === 'unresolved' ? 'u' : 'r',
      local_key: conflict.backup ?? ZEROS,
      local_path: toDisplay(conflict.localPath),
      local_flags: conflict.localFlags,
      ancestor_path: toDisplay(conflict.ancestorPath),
      ancestor_node: conflict.ancestorNode,
      ...(hasOtherNodes && { other_path: toDisplay(conflict.otherPath), other_node: conflict.otherNode ?? '' }),
    };
  });
  return { commits, files };
}

/**
 * Compares with `hg debugmergestate` and `hg resolve --list`, and looks at the backups. Answers what both say.
 *
 * @param hasOtherNodes false if only the old form exists, of whose other side debugmergestate shows the wrong fields
 * @param uncommitted what the local side's files have if they were changed since the local changeset
 */
function compare(hasOtherNodes = true, uncommitted?: string): string[] {
  const state = read();
  const [theirs] = JSON.parse(hg('debugmergestate', '-T', 'json')) as [HgMergeState];
  const files = theirs.files.map(file => {
    const left = hasOtherNodes ? ['extras'] : ['extras', 'other_node', 'other_path'];
    return Object.fromEntries(Object.entries(file).filter(([key]) => !left.includes(key)));
  });
  const commits = theirs.commits.filter(({ name }) => hasOtherNodes || name === 'local');
  assert.deepEqual(inTheirWords(state, hasOtherNodes), { commits, files });
  const list = hg('resolve', '--list', '-T', '{mergestatus} {path}\\n').split('\n').filter(Boolean);
  const ours = (state?.conflicts ?? []).map(({ kind, state: resolved, path }) => {
    return `${resolved === 'resolved' ? 'R' : kind === 'path' ? 'P' : 'U'} ${toDisplay(path)}`;
  });
  assert.deepEqual(ours, list);
  for (const conflict of state?.conflicts ?? []) {
    if (conflict.kind === 'path' || conflict.backup === undefined) continue;
    const backup = fs.readFileSync(sandbox.path(`r/.hg/merge/${conflict.backup}`));
    const localPath = `path:${toDisplay(conflict.localPath)}`;
    const local = Buffer.from(uncommitted ?? sandbox.hg('r', ['cat', '-r', state!.local!, localPath]));
    assert.deepEqual(backup, local, toDisplay(conflict.path));
  }
  return list;
}

/** Two changesets on the same parent, in conflict at every kind of file. Leaves the working copy at the first of them. */
function everyKind(): void {
  write({
    content: 'base\n',
    'deleted-here': 'x',
    'deleted-there': 'x',
    binary: 'a\0b\n',
    flag: 'f',
    'ünï cöde': '1\n',
  });
  write({ renamed: '1\n2\n3\n4\n5\n', clean: '1\n2\n3\n4\n5\n6\n7\n' });
  link('target', 'link');
  commit('base');
  write({ content: 'local\n', 'deleted-there': 'local', binary: 'a\0local', added: '1', 'ünï cöde': '2\n' });
  write({ clean: 'one\n2\n3\n4\n5\n6\n7\n' });
  fs.chmodSync(sandbox.path('r/flag'), 0o755);
  hg('remove', 'deleted-here');
  hg('move', 'renamed', 'new name');
  write({ 'new name': '1\nLOCAL\n3\n4\n5\n' });
  link('local', 'link');
  commit('local');
  hg('update', '-q', '0');
  write({ content: 'other\n', 'deleted-here': 'other', binary: 'a\0other', added: '2', 'ünï cöde': '3\n' });
  write({ renamed: '1\nOTHER\n3\n4\n5\n', clean: '1\n2\n3\n4\n5\n6\nseven\n' });
  hg('remove', 'deleted-there');
  link('target', 'flag');
  link('other', 'link');
  commit('other');
  hg('update', '-q', '1');
}

const ALL_KINDS = [
  'U added',
  'U binary',
  'R clean',
  'U content',
  'U deleted-here',
  'U deleted-there',
  'U flag',
  'U link',
  'U new name',
  'U ünï cöde',
];

describe('the merge state is what hg says it is', () => {
  test('in a merge with conflicts of every kind, until it is committed', () => {
    everyKind();
    assert.equal(read(), undefined);
    stopped(1, 'merge', '-r', '2');
    const found = compare();
    assert.deepEqual(
      found.filter(line => line !== 'R clean'),
      ALL_KINDS.filter(line => line !== 'R clean'),
    );
    const kinds = read()!.conflicts.map(({ kind, path }) => `${kind} ${toDisplay(path)}`);
    assert.deepEqual(
      kinds.filter(line => line.startsWith('change-delete')),
      ['change-delete deleted-here', 'change-delete deleted-there'],
    );
    const deleted = read()!.conflicts.map(conflict => (conflict.kind === 'path' ? undefined : conflict.deletedOn));
    assert.deepEqual(deleted.filter(Boolean), ['local', 'other']);
    hg('resolve', '--mark', 'content', 'deleted-here');
    assert.ok(compare().includes('R content'));
    hg('resolve', '--unmark', 'content');
    assert.ok(compare().includes('U content'));
    hg('resolve', '--tool', ':other', 'deleted-there', 'binary');
    assert.ok(compare().includes('R binary'));
    hg('resolve', '--mark', '--all');
    assert.ok(compare().every(line => line.startsWith('R ')));
    hg('commit', '-q', '-m', 'merged');
    assert.deepEqual(compare(), []);
    assert.equal(read(), undefined);
  });

  test('until it is given up', () => {
    everyKind();
    stopped(1, 'merge', '-r', '2');
    hg('update', '-q', '--clean', '1');
    assert.deepEqual(compare(), []);
    stopped(1, 'merge', '-r', '2');
    assert.notDeepEqual(compare(), []);
    hg('merge', '--abort', '-q');
    assert.deepEqual(compare(), []);
  });

  for (const side of ['local', 'other'] as const) {
    test(`with a file of the ${side} side where the other one has a directory`, () => {
      write({ base: '' });
      commit('base');
      write({ x: 'file' });
      commit('file');
      hg('update', '-q', '0');
      write({ 'x/f': 'directory' });
      commit('directory');
      hg('update', '-q', side === 'local' ? '1' : '2');
      stopped(1, 'merge', '-r', side === 'local' ? '2' : '1');
      assert.deepEqual(compare(), ['P x']);
      const [conflict] = read()!.conflicts;
      const short = hg('log', '-r', '1', '-T', '{node|short}');
      assert.deepEqual(conflict, {
        kind: 'path',
        path: 'x',
        state: 'unresolved',
        renamedTo: `x~${short}`,
        origin: side,
      });
      hg('resolve', '--mark', 'x');
      assert.deepEqual(compare(), ['R x']);
    });
  }

  test('in a rebase, a graft, an unshelve, a histedit, a backout and an update with changes', () => {
    write({ a: '1\n' });
    commit('one');
    write({ a: '2\n' });
    commit('two');
    hg('update', '-q', '0');
    write({ a: 'two\n' });
    commit('branch');
    stopped(1, 'rebase', '-r', '2', '-d', '1');
    assert.deepEqual(compare(), ['U a']);
    assert.deepEqual(read()!.labels, { local: 'dest', other: 'source', ancestor: 'parent of source' });
    hg('rebase', '--abort', '-q');
    assert.deepEqual(compare(), []);
    stopped(1, 'graft', '-r', '1');
    assert.deepEqual(compare(), ['U a']);
    hg('graft', '--abort', '-q');
    write({ a: 'shelved\n' });
    hg('shelve', '-q');
    hg('update', '-q', '1');
    stopped(1, 'unshelve', '-q');
    assert.deepEqual(compare(), ['U a']);
    hg('unshelve', '--abort', '-q');
    write({ a: '3\n' });
    commit('three');
    stopped(1, 'backout', '-r', '1', '--no-commit');
    assert.deepEqual(compare(), ['U a']);
    hg('update', '-q', '--clean', '0');
    write({ a: 'changed\n' });
    stopped(1, 'update', '-r', '1');
    assert.deepEqual(compare(true, 'changed\n'), ['U a']);
    hg('update', '-q', '--clean', '3');
    const plan = hg('log', '-r', '3+1', '-T', 'pick {node|short}\\n');
    sandbox.write('.', 'plan', plan);
    stopped(1, 'histedit', '1', '--commands', sandbox.path('plan'));
    assert.deepEqual(compare(), ['U a']);
  });
});

describe('of two files that differ, and of damaged ones', () => {
  const v1 = (): string => sandbox.path('r/.hg/merge/state');
  const v2 = (): string => sandbox.path('r/.hg/merge/state2');
  const record = (type: string, data: string): Buffer => {
    const bytes = Buffer.alloc(5, type);
    bytes.writeUInt32BE(data.length, 1);
    return Buffer.concat([bytes, Buffer.from(data, 'latin1')]);
  };

  beforeEach(() => {
    everyKind();
    stopped(1, 'merge', '-r', '2');
  });

  test('the new one counts if it has all of the old one, whatever more', () => {
    const all = compare();
    fs.rmSync(v1());
    assert.deepEqual(compare(), all);
    fs.writeFileSync(v1(), '');
    assert.deepEqual(compare(), all);
  });

  test('the old one counts if it is alone, or has more', () => {
    const all = compare();
    const old = fs.readFileSync(v1());
    fs.appendFileSync(v1(), ['zz', 'u', '1'.repeat(40), 'zz', 'zz', ZEROS, 'zz', ''].join('\0') + '\n');
    fs.writeFileSync(sandbox.path(`r/.hg/merge/${'1'.repeat(40)}`), '');
    const theirs = hg('resolve', '--list', '-T', '{mergestatus} {path}\\n').split('\n').filter(Boolean);
    const withoutDeletions = all.filter(line => !line.includes('deleted'));
    assert.deepEqual(theirs, [...withoutDeletions.slice(0, -1), 'U zz', withoutDeletions.at(-1)]);
    assert.deepEqual(
      read()!.conflicts.map(({ path }) => `U ${toDisplay(path)}`),
      theirs.map(line => line.replace('R', 'U')),
    );
    fs.writeFileSync(v1(), old);
    fs.rmSync(v2());
    assert.deepEqual(compare(false), withoutDeletions);
  });

  test('both empty are none', () => {
    fs.writeFileSync(v1(), '');
    fs.writeFileSync(v2(), '');
    assert.deepEqual(compare(), []);
  });

  test('records that hg refuses are refused, those that it passes over are passed over', () => {
    const before = fs.readFileSync(v2());
    const all = compare();
    for (const [type, data] of [
      ['Z', 'a'],
      ['t', 'Za'],
      ['1', 'a'],
      ['t', ''],
    ] as const) {
      fs.writeFileSync(v2(), Buffer.concat([before, record(type, data)]));
      stopped(255, 'resolve', '--list');
      assert.throws(read, { code: 'unsupported', file: v2() }, `${type}${data}`);
    }
    for (const [type, data] of [
      ['z', 'a'],
      ['t', 'za'],
      ['t', 'tFabc'],
      ['m', 'driver'],
      ['F', ['zz', 'o', ZEROS, 'zz', 'zz', ZEROS, 'zz', ZEROS, ''].join('\0')],
    ] as const) {
      fs.writeFileSync(v2(), Buffer.concat([before, record(type, data)]));
      assert.deepEqual(compare(), all, `${type}${data}`);
    }
  });

  test('every cut of the files either says so, or leaves whole records', () => {
    const whole = fs.readFileSync(v2());
    fs.rmSync(v1());
    let cutOff = 0;
    for (let length = 0; length < whole.length; length++) {
      fs.writeFileSync(v2(), whole.subarray(0, length));
      try {
        const state = read();
        assert.equal(state === undefined, length === 0);
      } catch (error) {
        assert.ok(error instanceof QuicksilverError && error.code === 'changed-while-reading', String(error));
        cutOff++;
      }
    }
    assert.ok(cutOff > whole.length - 40);
  });
});
