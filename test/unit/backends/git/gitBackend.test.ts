// The live model of a Git working tree: what each change costs, and what is known after it.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { bytePath, type BytePath } from '../../../../src/base/bytePath.ts';
import { silentLogger } from '../../../../src/base/log.ts';
import { LiveModel } from '../../../../src/workingCopy/liveModel.ts';
import type { TreeWatcher } from '../../../../src/workingCopy/watch/treeWatcher.ts';
import { Contents } from '../../../../src/server/contents.ts';
import { GitQueries } from '../../../../src/backends/git/gitQueries.ts';
import { gitLines, liveLines } from '../../../support/gitAnswers.ts';
import { GitSandbox, type GitRoot } from '../../../support/gitSandbox.ts';
import { LiveHarness } from '../../../support/liveHarness.ts';

const OLD = 1_000_000_000;

function sandboxOf(t: TestContext): GitSandbox {
  const sandbox = new GitSandbox();
  t.after(() => sandbox.dispose());
  return sandbox;
}

/** A repository with many files, and its live model. */
async function follow(
  t: TestContext,
  prepare: (repository: GitRoot) => void,
): Promise<{ repository: GitRoot; live: LiveHarness }> {
  const repository = sandboxOf(t).init('r');
  prepare(repository);
  const live = new LiveHarness(repository.root, { backend: repository.backend() });
  t.after(() => live.dispose());
  await live.quiet();
  return { repository, live };
}

function manyFiles(repository: GitRoot): void {
  for (let i = 0; i < 200; i++) repository.write(`dir${i % 20}/file${i}`, `content ${i}\n`, OLD);
  repository.write('top', 'top\n', OLD);
  repository.commit('first');
}

/** Reports nothing: hints come from the test alone. */
const NO_WATCHER: TreeWatcher = {
  onHint: () => ({ dispose: () => undefined }),
  onWatchChange: () => ({ dispose: () => undefined }),
  watched: 0,
  complete: true,
  watch: () => undefined,
  unwatch: () => undefined,
  unwatchBelow: () => undefined,
  drain: () => undefined,
  dispose: () => undefined,
};

/** An index of 100,000 more files, which the user promised not to change: they need not exist. */
function addAssumedFiles(repository: GitRoot): void {
  const empty = repository.git('hash-object', '-w', '/dev/null').trim();
  const names = Array.from({ length: 100_000 }, (_, i) => `many/d${i % 5000}/f${i}`);
  repository.gitWith(names.map(name => `100644 ${empty}\t${name}\n`).join(''), 'update-index', '--index-info');
  repository.gitWith(`${names.join('\n')}\n`, 'update-index', '--assume-unchanged', '--stdin');
}

test('a save costs one stat of the file and one of each directory above it, with 100,000 files', async t => {
  const repository = sandboxOf(t).init('r');
  manyFiles(repository);
  addAssumedFiles(repository);
  const model = new LiveModel({
    backend: repository.backend(),
    watcher: NO_WATCHER,
    logger: silentLogger,
    auditMs: 0,
  });
  t.after(() => model.dispose());
  model.start();
  await model.settle();
  const cost = async (name: string, content: string): Promise<number[]> => {
    const before = { ...model.outcome };
    repository.write(name, content, OLD + 1);
    model.hint([bytePath(name)]);
    await model.settle();
    const { stats, directoriesRead, filesRead } = model.outcome;
    return [stats - before.stats, directoriesRead - before.directoriesRead, filesRead - before.filesRead];
  };
  assert.deepEqual(await cost('top', 'longer than before\n'), [1, 0, 0]);
  assert.deepEqual(await cost('dir7/file7', 'longer than before\n'), [2, 0, 0]);
  assert.equal(model.tree.get(bytePath('dir7/file7'))?.status, 'modified');
  assert.ok(model.snapshot!.input.statCache.entryCount > 100_000);
});

test('staging looks at the staged files alone', async t => {
  const { repository, live } = await follow(t, manyFiles);
  repository.write('top', 'changed\n', OLD + 1);
  repository.write('dir3/new', 'new\n', OLD + 1);
  await live.quiet();
  const before = live.model.outcome.stats;
  repository.git('add', '-A');
  await live.quiet();
  assert.deepEqual(liveLines(live), gitLines(repository));
  assert.deepEqual(
    live.staged.map(({ path: at, status }) => `${status} ${at}`),
    ['added dir3/new', 'modified top'],
  );
  // Both files, the directory, and the file with which the test waits for events.
  assert.ok(live.model.outcome.stats - before <= 8, `${live.model.outcome.stats - before} stats`);
});

test('head, operation, upstream and conflicts', async t => {
  const { repository, live } = await follow(t, root => {
    root.write('a', 'one\n', OLD);
    root.write('gone', 'one\n', OLD);
    root.commit('first');
    root.git('branch', 'up');
    root.git('checkout', '-q', '-b', 'feature/x', '--track', 'up');
    root.write('a', 'two\n', OLD + 1);
    root.git('rm', '-q', 'gone');
    root.commit('second');
    root.git('checkout', '-q', '-b', 'other', 'up');
    root.write('a', 'three\n', OLD + 2);
    root.write('gone', 'changed\n', OLD + 2);
    root.commit('third');
    root.git('checkout', '-q', 'feature/x');
  });
  const head = () => live.model.snapshot!.head;
  assert.equal(head().branch, 'feature/x');
  assert.deepEqual(head().upstream, { name: 'up', ahead: 1, behind: 0 });
  assert.equal(repository.try('merge', 'other'), 1);
  await live.quiet();
  assert.equal(head().operation, 'merge');
  assert.equal(head().secondParent, repository.git('rev-parse', 'other').trim());
  const conflicts = live.model.snapshot!.mergeState!.conflicts;
  assert.deepEqual(
    conflicts.map(({ kind, path: at }) => `${kind} ${at}`),
    ['content a', 'change-delete gone'],
  );
  assert.deepEqual(liveLines(live), gitLines(repository));
  repository.git('merge', '--abort');
  await live.quiet();
  assert.equal(head().operation, undefined);
  assert.equal(live.model.snapshot!.mergeState, undefined);
  // A branch without a file of its own, and one that is made by another program.
  repository.git('pack-refs', '--all');
  repository.git('update-ref', 'refs/heads/feature/x', 'other');
  await live.quiet();
  assert.deepEqual(liveLines(live), gitLines(repository));
  repository.git('checkout', '-q', '-f', '--detach', 'up');
  await live.quiet();
  assert.deepEqual(liveLines(live), gitLines(repository));
});

test('ignore rules count wherever they come from', async t => {
  const { repository, live } = await follow(t, root => {
    root.write('a', 'a\n', OLD);
    root.commit('first');
    for (const name of ['x.o', 'dir/y.o', 'dir/sub/z.o', 'build/out']) root.write(name, '', OLD);
  });
  const check = async (): Promise<void> => {
    await live.quiet();
    assert.deepEqual(liveLines(live), gitLines(repository));
  };
  await check();
  repository.write('.gitignore', '*.o\n');
  await check();
  repository.write('dir/sub/.gitignore', '!z.o\n');
  await check();
  repository.write('.git/info/exclude', 'build\n');
  await check();
  fs.renameSync(path.join(repository.root, 'dir'), path.join(repository.root, 'moved'));
  await check();
  fs.rmSync(path.join(repository.root, '.gitignore'));
  await check();
  repository.git('config', 'core.excludesFile', 'rules');
  repository.write('rules', 'moved\n');
  await check();
});

test('submodules are told apart and their files are not listed', async t => {
  const { repository, live } = await follow(t, root => {
    root.write('a', 'a\n', OLD);
    root.commit('first');
    root.git('submodule', 'add', '-q', root.root, 'sub');
    root.commit('second');
  });
  const known = () => live.model.snapshot!.subrepositories!;
  const recorded = repository.git('rev-parse', 'HEAD:sub').trim();
  assert.deepEqual(known(), [{ path: 'sub', kind: 'git', source: '', revision: recorded, isPresent: true }]);
  repository.write('sub/new', 'new\n', OLD);
  fs.rmSync(path.join(repository.root, 'sub/.git'));
  await live.quiet();
  assert.equal(known()[0]!.isPresent, false);
  assert.deepEqual(live.entries, []);
  fs.rmSync(path.join(repository.root, 'sub'), { recursive: true });
  await live.quiet();
  assert.deepEqual(liveLines(live), gitLines(repository));
});

test('the base of a file is what is staged, and tells when it changes', async t => {
  const repository = sandboxOf(t).init('r');
  repository.write('a', 'one\n', OLD);
  repository.write('b', 'one\n', OLD);
  repository.commit('first');
  const backend = repository.backend();
  let snapshot = backend.load(undefined);
  const contents = new Contents({
    snapshot: () => snapshot,
    settle: () => Promise.resolve(),
    queries: new GitQueries(),
  });
  const text = async (revision: string, name: BytePath = bytePath('a')): Promise<string> => {
    const answer = await contents.answer({ path: name, revision, withBytes: true });
    return answer.kind === 'none' ? answer.reason : Buffer.from(answer.bytes!).toString();
  };
  assert.equal(await text('base'), 'one\n');
  repository.write('a', 'two\n', OLD + 1);
  repository.git('add', 'a');
  snapshot = backend.load(snapshot);
  assert.deepEqual(contents.takeChangedBases(), ['a']);
  assert.equal(await text('base'), 'two\n');
  assert.equal(await text('parent'), 'one\n');
  assert.equal(await text(`file:${repository.git('rev-parse', 'HEAD:a').trim()}`), 'one\n');
  assert.equal(await text('base', bytePath('none')), 'not-in-revision');
  assert.equal(await text('p2'), 'no-such-revision');
  assert.equal(await text('nonsense'), 'no-such-revision');
});
