// Directories that Git's untracked cache lists are not read, and the answer is the same as if they were.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { gitStatus } from '../../../../src/backends/git/gitStatus.ts';
import { NativeScanners, loadNative } from '../../../../src/status/bulk/native.ts';
import { gitLines, liveLines } from '../../../support/gitAnswers.ts';
import { GitSandbox, type GitRoot } from '../../../support/gitSandbox.ts';
import { LiveHarness } from '../../../support/liveHarness.ts';
import { Random } from '../../../support/random.ts';
import { RandomGitChanges } from '../../../support/randomGitChanges.ts';

const { module, reason } = loadNative();
const options = { skip: module === undefined && `There is no native code: ${reason}` };
/** Git writes the cache only if it may write the index. */
const LOCKS = { GIT_OPTIONAL_LOCKS: '1' };

interface Answer {
  readonly entries: readonly string[];
  readonly directoriesRead: number;
}

async function answer(root: GitRoot, believes: boolean): Promise<Answer> {
  const repository = root.repository({ indexOptions: { decoders: module } });
  const bulk = { scanners: new NativeScanners(module!), minimumNodes: 0, unitNodes: 20, believesListings: true };
  const { entries, outcome } = await gitStatus(repository, {
    untracked: 'all',
    ignored: 'no',
    renames: { enabled: true, minimum: 30_000, limit: 1000, countsRest: true },
    bulk: believes ? bulk : undefined,
  });
  return { entries: entries.map(entry => JSON.stringify(entry)), directoriesRead: outcome.directoriesRead };
}

/** Lets Git write its cache. The index becomes newer than all directories, so that none may have changed unseen. */
function cache(root: GitRoot): void {
  root.git('status', '--porcelain');
  setIndexTime(root, Date.now() / 1000 + 1000);
}

function setIndexTime(root: GitRoot, seconds: number): void {
  fs.utimesSync(path.join(root.root, '.git', 'index'), seconds, seconds);
}

const at = (root: GitRoot, name: string): string => path.join(root.root, name);

/** Ten directories with two files, six of them in others; ignored and unknown names. */
function sample(t: TestContext, ...settings: readonly (readonly [string, string])[]): GitRoot {
  const sandbox = new GitSandbox(LOCKS);
  t.after(() => sandbox.dispose());
  const root = sandbox.init('r');
  root.git('config', 'core.untrackedCache', 'true');
  for (const [name, value] of settings) root.git('config', name, value);
  for (const directory of ['a', 'a/b', 'a/b/c', 'd', 'd/e', 'f', 'g', 'g/h', 'g/h/i', 'g/j']) {
    root.write(`${directory}/1`, '1\n');
    root.write(`${directory}/2`, '2\n');
  }
  root.write('.gitignore', '*.o\n/build\n');
  root.write('g/.gitignore', '*.log\n');
  root.commit('first');
  for (const name of ['a/x.o', 'a/b/new', 'build/all', 'u/v/w', 'u/x.o', 'g/h/y.log', 'only/z.o', 'g/h/i/n/m']) {
    root.write(name, 'unknown\n');
  }
  fs.mkdirSync(at(root, 'empty/below'), { recursive: true });
  cache(root);
  return root;
}

/** The root and ten directories; what is not recorded is walked besides: empty, empty/below, g/h/i/n, only, u, u/v. */
const RECORDED = 11;
const OTHERS = 6;

/** Fails if an answer differs from that without the cache. Returns the number of recorded directories that were read. */
async function assertSame(root: GitRoot, what: string): Promise<number> {
  const [believed, read] = [await answer(root, true), await answer(root, false)];
  assert.deepEqual(believed.entries, read.entries, what);
  return RECORDED + believed.directoriesRead - read.directoriesRead;
}

for (const shown of ['normal', 'all']) {
  test(`no listed directory is read, with status.showUntrackedFiles=${shown}`, options, async t => {
    const root = sample(t, ['status.showUntrackedFiles', shown]);
    assert.equal(await assertSame(root, 'unchanged'), 0);
    assert.equal((await answer(root, true)).directoriesRead, OTHERS);
  });
}

/** Each change, and how many recorded directories are read after it; one that is gone counts, too. */
const CHANGES: readonly (readonly [string, (root: GitRoot) => void, number])[] = [
  ['a file is edited', root => root.write('a/b/c/1', 'edited\n'), 0],
  ['a file is new', root => root.write('a/b/c/3', 'new\n'), 1],
  ['an ignored file is new', root => root.write('d/e/3.o', 'new\n'), 1],
  ['an unknown file is gone', root => fs.rmSync(at(root, 'a/b/new')), 1],
  ['a recorded file is gone', root => fs.rmSync(at(root, 'd/e/1')), 1],
  ['a recorded directory is gone', root => fs.rmSync(at(root, 'd'), { recursive: true }), 1 + 2],
  ['a file is new in an unknown directory', root => root.write('u/v/2', 'new\n'), 0],
  ['a file is new in a directory of ignored files', root => root.write('only/2', 'new\n'), 0],
  ['a file is new in an empty directory', root => root.write('empty/below/2', 'new\n'), 0],
  // All below has other rules.
  ['a rule file is new', root => root.write('g/h/.gitignore', '!y.log\n'), 2],
  ['a rule file is edited', root => root.write('g/.gitignore', '*.txt\n'), 4],
  ['a rule file is gone', root => fs.rmSync(at(root, 'g/.gitignore')), 4],
  ['the rules of all are edited', root => root.write('.gitignore', '*.p\n'), RECORDED],
  ['info/exclude is edited', root => root.write('.git/info/exclude', 'new\n'), RECORDED],
  ['a file of the user is set', root => root.git('config', 'core.excludesFile', 'a/1'), RECORDED],
  ['the cache is switched off', root => root.git('config', 'core.untrackedCache', 'false'), RECORDED],
  ['a link takes the place of a file', root => replaceBy(root, 'a/b/c/1', file => fs.symlinkSync('2', file)), 1],
  ['a directory takes the place of a file', root => replaceBy(root, 'a/b/c/1', file => fs.mkdirSync(file)), 1],
  ['a link takes the place of a directory', root => replaceBy(root, 'g/j', file => fs.symlinkSync('h', file)), 1 + 1],
  ['a repository is new', root => root.git('init', '-q', 'd/e/n'), 1],
  ['a directory becomes a repository', root => root.git('init', '-q', 'u'), 0],
  ['a directory is touched', root => fs.utimesSync(at(root, 'd/e'), 1, 1), 1],
  ['a file is no longer recorded', root => void root.git('rm', '-q', '--cached', 'd/e/1'), 3],
];

function replaceBy(root: GitRoot, name: string, make: (file: string) => void): void {
  fs.rmSync(at(root, name), { recursive: true });
  make(at(root, name));
}

for (const [what, change, read] of CHANGES) {
  test(`only what may have changed is read: ${what}`, options, async t => {
    const root = sample(t);
    change(root);
    setIndexTime(root, Date.now() / 1000 + 1000);
    assert.equal(await assertSame(root, what), read);
  });
}

test('what was changed in or after the second of the index is read', options, async t => {
  const root = sample(t);
  const { mtimeMs } = fs.statSync(at(root, 'd/e'));
  setIndexTime(root, Math.floor(mtimeMs / 1000));
  assert.equal(await assertSame(root, 'racy'), RECORDED);
});

test('a cache of another place is not believed', options, async t => {
  const sandbox = new GitSandbox(LOCKS);
  t.after(() => sandbox.dispose());
  const root = sample(t);
  const moved = sandbox.init('moved');
  fs.rmSync(moved.root, { recursive: true });
  fs.renameSync(root.root, moved.root);
  assert.equal(await assertSame(moved, 'moved'), RECORDED);
});

test('recorded directories that were missing, and many names, are listed right', options, async t => {
  const root = sample(t);
  fs.rmSync(at(root, 'd'), { recursive: true });
  replaceBy(root, 'g/j', file => fs.symlinkSync('h', file));
  for (let i = 0; i < 300; i++) root.write(`f/unknown${i}`, '');
  for (let i = 0; i < 140; i++) root.write(`f/directory${i}/x`, '');
  cache(root);
  const [believed, read] = [await answer(root, true), await answer(root, false)];
  assert.deepEqual(believed.entries, read.entries);
  assert.ok(believed.entries.length > 440);
  assert.ok(read.directoriesRead - believed.directoriesRead >= 5);
});

test('a mutated cache is rejected or read without a fault', options, t => {
  const root = sample(t);
  const index = root.repository({ indexOptions: { decoders: module } }).readIndex();
  const { bytes: names, pathOffset, pathLength, baseStart, firstChild, childCount } = index.tree;
  const random = new Random(5);
  let accepted = 0;
  for (let i = 0; i < 20_000; i++) {
    const bytes = Buffer.from(index.header.untracked!);
    for (let j = random.below(3); j >= 0; j--) bytes[random.below(bytes.length)] = random.below(256);
    const part = random.below(4) > 0 ? bytes : bytes.subarray(0, random.below(bytes.length));
    const decoded = module!.decodeListings(part, 20, names, pathOffset, pathLength, baseStart, firstChild, childCount);
    if (decoded === null) continue;
    accepted++;
    for (const number of decoded.ofNode) assert.ok(number === 0xffff_ffff || number * 7 < decoded.directories.length);
  }
  assert.ok(accepted > 1000, `${accepted} accepted`);
});

test('random changes give the same answers with the cache', options, async t => {
  const sandbox = new GitSandbox(LOCKS);
  t.after(() => sandbox.dispose());
  let saved = 0;
  for (const seed of [1, 2, 3]) {
    const root = sandbox.init(`r${seed}`);
    root.git('config', 'core.untrackedCache', 'true');
    const changes = new RandomGitChanges(root, new Random(seed));
    changes.begin();
    for (let round = 0; round < 12; round++) {
      for (let i = 0; i < 4; i++) changes.step();
      if (root.try('status', '--porcelain') !== 0) continue;
      setIndexTime(root, Date.now() / 1000 + 1000);
      for (let i = 0; i < 2; i++) changes.step();
      if (gitLines(root) === undefined) continue;
      let read: Answer;
      try {
        read = await answer(root, false);
      } catch {
        // Refused as without the cache.
        continue;
      }
      const believed = await answer(root, true);
      assert.deepEqual(
        believed.entries,
        read.entries,
        `seed ${seed}, round ${round}: ${changes.log.slice(-6).join('\n')}`,
      );
      saved += read.directoriesRead - believed.directoriesRead;
    }
  }
  assert.ok(saved > 20, `${saved} directories were not read`);
});

test('the first status of a live model believes the cache, and the audit after it finds the rest', options, async t => {
  const root = sample(t);
  const live = new LiveHarness(root.root, { backend: root.backend({ indexOptions: { decoders: module } }) });
  t.after(() => live.dispose());
  await live.until(() => live.state.kind === 'ready');
  assert.ok(live.model.outcome.directoriesRead < RECORDED, `${live.model.outcome.directoriesRead} directories read`);
  assert.ok(live.model.isCatchingUp);
  const isIgnored = (line: string): boolean => line.startsWith('working ! ');
  const expected = gitLines(root)!;
  assert.deepEqual(
    liveLines(live).filter(line => !isIgnored(line)),
    expected.filter(line => !isIgnored(line)),
  );
  await live.quiet();
  assert.deepEqual(liveLines(live), gitLines(root));
  assert.equal(expected.filter(isIgnored).length, 5);
  // A later scan of everything reads every directory, so that no ignored name vanishes for a moment.
  const before = live.model.outcome.directoriesRead;
  await live.model.refresh('a test');
  assert.deepEqual(liveLines(live), gitLines(root));
  assert.ok(live.model.outcome.directoriesRead - before >= RECORDED);
});
