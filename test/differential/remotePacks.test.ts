// Packs, which `hg repack` makes of what remotefilelog fetched: status, contents and blame beside hg, and damaged ones.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { deflateSync } from 'node:zlib';
import { bytePath } from '../../src/base/bytePath.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { lineHistory } from '../../src/mercurial/annotate/lineHistory.ts';
import { MercurialRepository } from '../../src/mercurial/repository/repository.ts';
import { hgIn, quicksilver, sameAnswer, type Run } from '../support/comparedCommands.ts';
import { HgServer } from '../support/hgServer.ts';
import { OLD, RemoteSandbox } from '../support/remoteSandbox.ts';

const skip = process.platform === 'win32' ? 'a shell is used' : false;
const LINES = Array.from({ length: 300 }, (_, line) => `line ${line}\n`);

/** A text in which some lines are others. */
function edited(changes: Readonly<Record<number, string>>): string {
  return LINES.map((line, at) => changes[at] ?? line).join('');
}

/** Makes a server with copies, deltas, a merge, and contents that look like metadata. */
function fill(sandbox: RemoteSandbox): void {
  sandbox.makeServer();
  const commit = (message: string): string => sandbox.hg('server', 'commit', '-qAm', message, '-d', '0 0');
  for (const name of ['a', 'b', 'd/same', 'd/also same'])
    sandbox.write(`server/${name}`, name.startsWith('d') ? 'd\n' : `${name}\n`);
  sandbox.write('server/big', edited({}));
  sandbox.write('server/meta', '\x01\nfoo\n');
  commit('0');
  sandbox.hg('server', 'copy', 'a', 'copied');
  sandbox.hg('server', 'rename', 'big', 'moved');
  sandbox.write('server/b', 'another\n');
  commit('1');
  for (let i = 2; i < 6; i++) {
    sandbox.write('server/moved', edited({ [10 * i]: `changed ${i}\n`, 7: 'seven\n' }));
    commit(`${i}`);
  }
  sandbox.hg('server', 'update', '-q', '3');
  sandbox.write('server/moved', edited({ 290: 'other\n' }));
  commit('6');
  sandbox.hg('server', 'merge', '-q', '--tool', ':merge-other', '-r', '5');
  commit('7');
}

const NAMES = ['a', 'b', 'copied', 'd/also same', 'd/same', 'meta', 'moved'];
const QUESTIONS: readonly (readonly string[])[] = [
  ['status', '-A'],
  ['cat', ...NAMES],
  ...['0', '1', '3', '6'].map(revision => ['cat', '-r', revision, '.']),
  ...NAMES.map(name => ['annotate', '-nf', name]),
  ...['1', '4', '6'].map(revision => ['annotate', '-n', '-r', revision, 'moved']),
  ['annotate', '-n', '-r', '4', '--no-follow', 'moved'],
];

function prepare(sandbox: RemoteSandbox): void {
  fill(sandbox);
  sandbox.shallowClone();
  // Each fetches what the changeset has.
  for (const revision of ['0', '1', '2', '3', '4', '5', '6', '7']) sandbox.hg('r', 'update', '-q', revision);
}

function packs(sandbox: RemoteSandbox, kind: string): string[] {
  const folder = sandbox.path('cache/master/packs');
  const names = fs.readdirSync(folder).filter(name => name.endsWith(kind));
  return names.map(name => path.join(folder, name));
}

/** Skips the test and returns undefined where hg has no extension remotefilelog. */
function preparedSandbox(t: TestContext): RemoteSandbox | undefined {
  const sandbox = new RemoteSandbox(t);
  if (!sandbox.has('remotefilelog')) {
    t.skip('hg has no extension remotefilelog');
    return undefined;
  }
  prepare(sandbox);
  return sandbox;
}

test('contents and blame from packs are those of hg', { skip }, async t => {
  const sandbox = preparedSandbox(t);
  if (sandbox === undefined) return;
  const root = sandbox.path('r');
  // Made here, after fetched ones.
  sandbox.write('r/moved', edited({ 7: 'mine\n' }));
  sandbox.hg('r', 'commit', '-qAm', '8', '-d', '0 0');
  const server = new HgServer(undefined);
  t.after(() => server.close());
  const ask = async (): Promise<void> => {
    sandbox.touch(...NAMES.map(name => `r/${name}`));
    const answers: Run[] = [];
    for (const args of QUESTIONS) answers.push(await hgIn(server, args, root));
    for (const { code, stderr } of answers) assert.equal(code, 0, stderr);
    // Mercurial has noted that the files are clean.
    sandbox.touch(...NAMES.map(name => `r/${name}`));
    for (const [index, args] of QUESTIONS.entries()) await sameAnswer(args, root, answers[index]);
  };
  await ask();
  sandbox.hg('r', 'repack');
  assert.equal(packs(sandbox, '.datapack').length, 1);
  // So hg can answer from the packs, too.
  fs.renameSync(sandbox.path('server'), sandbox.path('elsewhere'));
  await ask();
  assert.deepEqual(fs.readdirSync(sandbox.path('cache/master')), ['packs']);

  // A second pack, whose deltas stay in it.
  fs.renameSync(sandbox.path('elsewhere'), sandbox.path('server'));
  sandbox.hg('server', 'update', '-q', '7');
  sandbox.write('server/moved', edited({ 11: 'later\n' }));
  sandbox.hg('server', 'commit', '-qm', 'later', '-d', '0 0');
  sandbox.hg('r', 'pull', '-q');
  sandbox.hg('r', 'update', '-q', '-C', 'tip');
  await ask();

  // Equal size, other content.
  const size = fs.statSync(sandbox.path('r/b')).size;
  sandbox.write('r/b', 'x'.repeat(size));
  fs.utimesSync(sandbox.path('r/b'), OLD + 5, OLD + 5);
  assert.equal((await sameAnswer(['status'], root)).stdout, 'M b\n');
});

/** Changesets with the first and last line of a range. */
const RANGES = [
  [7, 1, 300],
  [5, 8, 8],
  [7, 31, 41],
  [7, 100, 110],
] as const;

test('the history of lines goes on to where they came from, as in hg', { skip }, t => {
  const sandbox = preparedSandbox(t);
  if (sandbox === undefined) return;
  const root = sandbox.path('r');
  const expected = RANGES.map(([changeset, first, end]) => {
    const set = `reverse(followlines('path:moved', ${first}:${end}, startrev=${changeset}))`;
    return sandbox.hg('r', 'log', '-r', set, '-T', '{rev} ').trim();
  });
  for (const history of expected) assert.match(history, /\b0$/);
  const compare = (): void => {
    const repository = MercurialRepository.open(root, { vfs: new Vfs(), environment: currentEnvironment() });
    const source = repository.history(repository.readDirstate()).fileHistory();
    const found = (changeset: number, first: number, end: number): string =>
      [...lineHistory(source, bytePath('moved'), changeset, { first: first - 1, end })]
        .flatMap(entry => entry?.changeset ?? [])
        .join(' ');
    for (const [at, [changeset, first, end]] of RANGES.entries()) {
      assert.equal(found(changeset, first, end), expected[at], `lines ${first}:${end} in ${changeset}`);
    }
  };
  compare();
  sandbox.hg('r', 'repack');
  compare();
});

test('damaged packs, and contents that none has, are named', { skip }, async t => {
  const sandbox = preparedSandbox(t);
  if (sandbox === undefined) return;
  sandbox.hg('r', 'repack');
  const root = sandbox.path('r');
  const original = new Map(packs(sandbox, '').map(file => [file, fs.readFileSync(file)]));
  const restore = (): void => {
    for (const [file, bytes] of original) {
      fs.rmSync(file, { force: true });
      fs.writeFileSync(file, bytes);
    }
  };
  const answers = async (isUnsupported: boolean): Promise<readonly [string, string, string]> => {
    sandbox.touch('r/b');
    const status = await quicksilver(['status'], root);
    const cat = await quicksilver(['cat', 'b'], root);
    const blame = await quicksilver(['annotate', 'b'], root);
    assert.deepEqual([status.code, status.stdout], [isUnsupported ? 3 : 255, ''], status.stderr);
    return [status.stderr, cat.stderr, blame.stderr];
  };
  const damage = (kind: string, change: (bytes: Buffer) => Buffer): void => {
    const [file] = packs(sandbox, kind);
    const bytes = fs.readFileSync(file!);
    fs.rmSync(file!);
    fs.writeFileSync(file!, change(bytes));
  };
  // Mercurial itself checks no hash here.
  const withOtherText = (bytes: Buffer): Buffer => {
    const [text, other] = ['another\n', 'anOther\n'].map(content => deflateSync(content));
    const at = bytes.indexOf(text!);
    assert.ok(at > 0 && other!.length === text!.length);
    return Buffer.concat([bytes.subarray(0, at), other!, bytes.subarray(at + other!.length)]);
  };
  const ofVersion3 = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([3]), bytes.subarray(1)]);
  for (const [kind, change, message] of [
    ['.dataidx', ofVersion3, /packs of version 3 are not supported/],
    ['.datapack', ofVersion3, /packs of version 3 are not supported/],
    ['.dataidx', bytes => bytes.subarray(0, -1), /is too short for \d+ entries/],
    ['.datapack', bytes => bytes.subarray(0, 10), /has no bytes \d+ to \d+/],
    ['.datapack', withOtherText, /b is not the revision [0-9a-f]{40}/],
  ] as const satisfies readonly (readonly [string, (bytes: Buffer) => Buffer, RegExp])[]) {
    restore();
    damage(kind, change);
    for (const answer of await answers(message.source.includes('supported'))) assert.match(answer, message);
  }
  restore();
  for (const file of original.keys()) fs.rmSync(file);
  const [status, cat, blame] = await answers(true);
  assert.match(status, /^b: may be modified: the content of 'b' is kept elsewhere by remotefilelog /m);
  assert.match(cat, /^abort: b in [0-9a-f]{12}: the content of 'b' is kept elsewhere by remotefilelog /m);
  assert.match(blame, /^abort: the history of 'b' is kept elsewhere by remotefilelog \(file node [0-9a-f]{12}\)$/m);
});
